import type { HeardBlock } from "../../../media/observe.ts";
import { digitalSilence, type SoundFacts } from "./facts.ts";

const windowSec = 0.02;
/** −60 dBFS as a root mean square. */
const silentRms = 1e-3;
const fullScale = 0.999;
/** Peaks kept while decoding; twice as many are merged two by two. */
const mostPeaks = 1024;
const envelopeParts = 96;

/** Hears block after block and keeps sums and a thousand peaks. */
export interface SoundWatch {
  hear(block: HeardBlock): void;
  /** Null where there was no sample. */
  facts(): SoundFacts | null;
}

export function watchSound(): SoundWatch {
  let shape: { rateHz: number; channels: number; startSec: number } | null = null;
  let [samples, end, peak, monoPeak, squares, monoSquares, clipped] = [0, 0, 0, 0, 0, 0, 0];
  let [windows, silent, inWindow, loudest] = [0, 0, 0, 0];
  let sums: Float64Array = new Float64Array(0);
  let peaks: number[] = [];
  let perPeak = 1;

  const closeWindow = (): void => {
    if (inWindow === 0) return;
    windows++;
    if (sums.every((sum) => Math.sqrt(sum / inWindow) < silentRms)) silent++;
    sums.fill(0);
    inWindow = 0;
    const at = Math.floor((windows - 1) / perPeak);
    peaks[at] = Math.max(peaks[at] ?? 0, loudest);
    loudest = 0;
    if (peaks.length <= 2 * mostPeaks) return;
    peaks = halved(peaks);
    perPeak *= 2;
  };

  const hear = ({ channels, rateHz, timeSec }: HeardBlock): void => {
    shape ??= { rateHz, channels: channels.length, startSec: timeSec };
    if (sums.length < channels.length) sums = new Float64Array(channels.length);
    const length = channels[0]?.length ?? 0;
    const window = Math.max(1, Math.round(windowSec * rateHz));
    for (let i = 0; i < length; i++) {
      let mix = 0;
      for (let c = 0; c < channels.length; c++) {
        const value = channels[c]![i]!;
        const level = Math.abs(value);
        mix += value;
        sums[c]! += value * value;
        squares += (value * value) / channels.length;
        if (level > loudest) loudest = level;
        if (level >= fullScale) clipped++;
      }
      mix /= channels.length;
      monoSquares += mix * mix;
      if (Math.abs(mix) > monoPeak) monoPeak = Math.abs(mix);
      if (loudest > peak) peak = loudest;
      if (++inWindow === window) closeWindow();
    }
    samples += length;
    end = Math.max(end, timeSec + length / rateHz);
  };

  const facts = (): SoundFacts | null => {
    closeWindow();
    if (shape === null || samples === 0) return null;
    const fine = (value: number) => Number(value.toPrecision(4));
    return {
      startSec: Math.round(shape.startSec * 1000) / 1000,
      endSec: Math.round(end * 1000) / 1000,
      samples,
      rateHz: shape.rateHz,
      channels: shape.channels,
      peak: fine(peak),
      monoPeak: fine(monoPeak),
      rms: fine(Math.sqrt(squares / samples)),
      monoRms: fine(Math.sqrt(monoSquares / samples)),
      silentShare: fine(silent / windows),
      clippedShare: fine(clipped / (samples * shape.channels)),
      envelope: envelopeOf(peaks),
    };
  };

  return { hear, facts };
}

function halved(peaks: readonly number[]): number[] {
  return Array.from({ length: Math.ceil(peaks.length / 2) }, (_, i) =>
    Math.max(peaks[2 * i]!, peaks[2 * i + 1] ?? 0),
  );
}

function envelopeOf(peaks: readonly number[]): number[] {
  const parts = Math.min(envelopeParts, peaks.length);
  return Array.from({ length: parts }, (_, part) => {
    const own = peaks.slice(
      Math.floor((part * peaks.length) / parts),
      Math.floor(((part + 1) * peaks.length) / parts),
    );
    return Math.round(100 * Math.min(1, Math.max(...own)));
  });
}

/**
 * Sound is there, but its channels cancel each other when they are mixed to one, as every model
 * does.
 */
export function cancelsItself({ peak, monoPeak, rms, monoRms }: SoundFacts): boolean {
  return peak > digitalSilence && (monoPeak <= digitalSilence || monoRms < 0.05 * rms);
}
