import type { Rng } from "../core/rng.ts";
import { type Activations, strength } from "./activation.ts";
import type { FactorName } from "./manifest.ts";
import { type Vowel, vowels } from "./vocal-tract.ts";

/** Who speaks. */
export interface Speaker {
  /** Own pitch, Hz. */
  f0: number;
  /** Formant scale: above 1 a shorter vocal tract. */
  tract: number;
  gain: number;
  phase: number;
}

/** How the voice is driven at one moment. */
export interface Control {
  /** Hz. */
  f0: number;
  /** Linear, 1 is the speaker's own level. */
  level: number;
  breathy: number;
  harsh: number;
}

/** A low and a high voice whose ranges do not meet: "high pitch" is high for the speaker. */
export function drawSpeaker(rng: Rng): Speaker {
  const low = rng.bool(0.5);
  return {
    f0: low ? rng.uniform(130, 142) : rng.uniform(166, 180),
    tract: (low ? 0.97 : 1.1) * rng.uniform(0.96, 1.04),
    gain: rng.uniform(0.85, 1.15),
    phase: rng.uniform(0, 2 * Math.PI),
  };
}

/** @param share time as a share of the clip; `seconds` the same in seconds. */
export function controlAt(
  activations: Activations,
  speaker: Speaker,
  share: number,
  seconds: number,
): Control {
  const on = (factor: FactorName, value: number): number =>
    strength(activations[factor], value, share);
  const shake = on("quality", 3) * Math.sin(2 * Math.PI * 6.5 * seconds);
  const semitones = melody(activations, share, seconds, speaker) + 1.2 * shake;
  return {
    f0: speaker.f0 * 2 ** (semitones / 12),
    level: 10 ** (loudnessDb(activations, share) / 20) * (1 + 0.6 * shake),
    breathy: on("quality", 1),
    harsh: on("quality", 2),
  };
}

/** Length of one intonation phrase. */
const phraseSeconds = 0.5;

/** Pitch offset from the speaker's own, in semitones. */
function melody(
  activations: Activations,
  share: number,
  seconds: number,
  speaker: Speaker,
): number {
  const on = (factor: FactorName, value: number): number =>
    strength(activations[factor], value, share);
  // Phrase after phrase rises (or falls) by an octave, so that every moment of it shows the slope.
  const glide = 12 * ((seconds / phraseSeconds) % 1);
  const wave = (hz: number): number => Math.sin(2 * Math.PI * hz * seconds + speaker.phase);
  const crack = on("pitch", 3) * (wave(3.3) > 0.2 ? 9 : 0);
  return (
    0.5 * wave(1.3) +
    8 * on("pitch", 1) -
    7 * on("pitch", 2) +
    crack +
    on("intonation", 1) * (glide - 4) -
    on("intonation", 2) * (glide - 8) +
    on("intonation", 3) * 6 * wave(2.2)
  );
}

/** Level relative to the speaker's own, in dB. */
function loudnessDb(activations: Activations, share: number): number {
  const on = (value: number): number => strength(activations.loudness, value, share);
  return 9 * on(1) - 11 * on(2) + on(3) * (-6 + 18 * progress(activations, "loudness", share));
}

/** How far into its window a factor is, 0 to 1. */
function progress(activations: Activations, factor: FactorName, share: number): number {
  const { start, end } = activations[factor];
  return Math.min(1, Math.max(0, (share - start) / (end - start)));
}

/** A stretch of one vowel, or a pause. */
export interface Syllable {
  /** Seconds. */
  start: number;
  end: number;
  /** False: a pause. */
  voiced: boolean;
  vowel: Vowel;
}

/**
 * Syllables one after the other; tempo sets their length, halting speech puts pauses between them.
 */
export function drawSyllables(activations: Activations, seconds: number, rng: Rng): Syllable[] {
  const out: Syllable[] = [];
  let start = 0;
  let spoken = 0;
  while (start < seconds) {
    const on = (value: number): number => strength(activations.tempo, value, start / seconds);
    const length = 0.19 * rng.uniform(0.9, 1.1) * 2 ** (1.1 * on(2) - 0.9 * on(1));
    out.push({ start, end: start + length, voiced: true, vowel: rng.pick(vowels) });
    start += length;
    if (on(3) > 0.5 && ++spoken % 2 === 0) {
      const pause = rng.uniform(0.16, 0.24);
      out.push({ start, end: start + pause, voiced: false, vowel: vowels[0] });
      start += pause;
    }
  }
  return out;
}
