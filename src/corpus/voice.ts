import type { Rng } from "../core/rng.ts";
import type { Audio } from "../media/clip.ts";
import { type Activations, strength } from "./activation.ts";
import type { FactorName } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";
import { FormantFilter, type Vowel, vowels } from "./vocal-tract.ts";

/**
 * Speaks nonsense syllables whose pitch, loudness, tempo, quality and intonation come and go as
 * `activations` say: a source (glottal pulses and breath) through formant resonators. Clean, before any
 * degradation.
 */
export function speak(activations: Activations, options: RenderOptions, rng: Rng): Audio {
  const { sampleRateHz } = options;
  const length = Math.round((options.frames / options.fps) * sampleRateHz);
  const on = (factor: FactorName, value: number, share: number): number =>
    strength(activations[factor], value, share);
  const speaker = drawSpeaker(rng.fork("speaker"));
  const syllables = drawSyllables(activations, length / sampleRateHz, rng.fork("syllables"));
  const noise = rng.fork("breath");
  const tract = new FormantFilter(sampleRateHz, speaker.tract);
  const samples = new Float32Array(length);
  let phase = 0;
  let cycle = 0;
  let shimmer = 1;
  let jitter = 0;
  let at = 0;
  for (let i = 0; i < length; i++) {
    const seconds = i / sampleRateHz;
    const share = i / length;
    while (at < syllables.length - 1 && seconds >= syllables[at]!.end) at++;
    const syllable = syllables[at]!;
    const within = (seconds - syllable.start) / (syllable.end - syllable.start);
    const harsh = on("quality", 2, share);
    const breathy = on("quality", 1, share);
    const shake = on("quality", 3, share) * Math.sin(2 * Math.PI * 6.5 * seconds);
    const f0 = speaker.f0 * 2 ** (melody(activations, share, seconds, speaker) / 12);
    phase += (f0 * 2 ** ((0.9 * shake) / 12) * (1 + jitter)) / sampleRateHz;
    if (phase >= 1) {
      phase -= 1;
      cycle++;
      jitter = (0.006 + 0.06 * harsh) * noise.normal();
      // Harsh voices drop every other pulse in part (subharmonics) and vary from pulse to pulse.
      shimmer = 1 + 0.05 * noise.normal() - harsh * (cycle % 2 === 0 ? 0.55 : 0);
    }
    const breath = noise.normal() * (0.02 + 0.28 * breathy) * (0.4 + 0.6 * pulse(phase, 0.7));
    const open = 0.62 + 0.2 * breathy - 0.12 * harsh;
    const source = glottal(phase, open) * shimmer * (1 - 0.65 * breathy) + breath;
    const envelope = syllable.voiced ? syllableEnvelope(within) : 0;
    const loudness = 10 ** (loudnessDb(activations, share) / 20) * (1 + 0.45 * shake);
    samples[i] = tract.step(source * envelope * loudness, syllable.vowel, i);
  }
  return { sampleRateHz, samples: scaleTo(samples, 0.07 * speaker.gain) };
}

interface Speaker {
  f0: number;
  /** Formant scale: above 1 a shorter vocal tract. */
  tract: number;
  gain: number;
  phase: number;
}

function drawSpeaker(rng: Rng): Speaker {
  const low = rng.bool(0.5);
  return {
    f0: low ? rng.uniform(125, 150) : rng.uniform(175, 205),
    tract: (low ? 0.97 : 1.1) * rng.uniform(0.96, 1.04),
    gain: rng.uniform(0.85, 1.15),
    phase: rng.uniform(0, 2 * Math.PI),
  };
}

/** Pitch offset from the speaker's own, in semitones. */
function melody(
  activations: Activations,
  share: number,
  seconds: number,
  speaker: Speaker,
): number {
  const on = (factor: FactorName, value: number): number =>
    strength(activations[factor], value, share);
  const { start, end } = activations.intonation;
  const through = Math.min(1, Math.max(0, (share - start) / (end - start)));
  const crack =
    on("pitch", 3) * (Math.sin(2 * Math.PI * 3.3 * seconds + speaker.phase) > 0.2 ? 9 : 0);
  return (
    0.5 * Math.sin(2 * Math.PI * 1.3 * seconds + speaker.phase) +
    8 * on("pitch", 1) -
    7 * on("pitch", 2) +
    crack +
    on("intonation", 1) * (-3 + 12 * through) +
    on("intonation", 2) * (3 - 12 * through) +
    on("intonation", 3) * 5 * Math.sin(2 * Math.PI * 2.2 * seconds + speaker.phase)
  );
}

/** Level relative to the speaker's own, in dB. */
function loudnessDb(activations: Activations, share: number): number {
  const on = (value: number): number => strength(activations.loudness, value, share);
  const { start, end } = activations.loudness;
  const through = Math.min(1, Math.max(0, (share - start) / (end - start)));
  return 9 * on(1) - 11 * on(2) + on(3) * (-6 + 18 * through);
}

interface Syllable {
  /** Seconds. */
  start: number;
  end: number;
  voiced: boolean;
  vowel: Vowel;
}

/** Syllables one after the other; tempo sets their length, halting speech puts pauses between them. */
function drawSyllables(activations: Activations, seconds: number, rng: Rng): Syllable[] {
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

/** Rises at the onset and closes towards the next syllable. */
function syllableEnvelope(within: number): number {
  const attack = Math.min(1, within / 0.15);
  const release = Math.min(1, (1 - within) / 0.3);
  return Math.max(0.04, Math.min(attack, release));
}

/** Derivative of a Rosenberg glottal pulse: a smooth opening, then a sharp closure that gives brightness. */
function glottal(phase: number, open: number): number {
  if (phase >= open) return 0;
  const x = phase / open;
  return 2 * x - 3 * x * x;
}

const pulse = (phase: number, open: number): number => (phase < open ? 1 : 0);

/** Scales so that a voice without loudness changes would have this RMS; louder parts stay louder. */
function scaleTo(samples: Float32Array, gain: number): Float32Array {
  return samples.map((value) => Math.max(-1, Math.min(1, value * gain)));
}
