import type { Rng } from "../core/rng.ts";
import type { Audio } from "../media/clip.ts";
import type { Activations } from "./activation.ts";
import type { RenderOptions } from "./options.ts";
import { type Control, controlAt, drawSpeaker, drawSyllables, type Syllable } from "./prosody.ts";
import { FormantFilter } from "./vocal-tract.ts";

/** Samples between updates of pitch, level and quality: 4 ms at 16 kHz. */
const stride = 64;
/** Brings a voice at its own level to about −24 dBFS. */
const level = 0.07;

/**
 * Speaks nonsense syllables whose pitch, loudness, tempo, quality and intonation come and go as
 * `activations` say: a source (glottal pulses and breath) through formant resonators. Clean, before
 * any degradation.
 * @param who draws the speaker: the same for every clip of one person.
 */
export function speak(
  activations: Activations,
  options: RenderOptions,
  rng: Rng,
  who: Rng = rng,
): Audio {
  const { sampleRateHz } = options;
  const length = Math.round((options.frames / options.fps) * sampleRateHz);
  const speaker = drawSpeaker(who.fork("speaker"));
  const syllables = drawSyllables(activations, length / sampleRateHz, rng.fork("syllables"));
  const source = new Glottis(sampleRateHz, rng.fork("source"));
  const tract = new FormantFilter(sampleRateHz, speaker.tract);
  const samples = new Float32Array(length);
  let control = controlAt(activations, speaker, 0, 0);
  let at = 0;
  let syllable = syllables[0]!;
  for (let i = 0; i < length; i++) {
    const seconds = i / sampleRateHz;
    if (i % stride === 0) control = controlAt(activations, speaker, i / length, seconds);
    while (at < syllables.length - 1 && seconds >= syllable.end) syllable = syllables[++at]!;
    const envelope = envelopeAt(syllable, seconds);
    const excitation = source.step(control) * envelope * control.level;
    const value = level * speaker.gain * tract.step(excitation, syllable.vowel, i);
    samples[i] = Math.max(-1, Math.min(1, value));
  }
  return { sampleRateHz, samples };
}

/** Rises at the onset and closes towards the next syllable; 0 in a pause. */
function envelopeAt({ start, end, voiced }: Syllable, seconds: number): number {
  if (!voiced) return 0;
  const within = (seconds - start) / (end - start);
  return Math.max(0.04, Math.min(1, within / 0.15, (1 - within) / 0.3));
}

/** The sound source: pulses at the pitch asked for, and breath while the folds are open. */
class Glottis {
  private readonly rate: number;
  private readonly rng: Rng;
  private phase = 0;
  private pulses = 0;
  private jitter = 0;
  private shimmer = 1;

  constructor(sampleRateHz: number, rng: Rng) {
    this.rate = sampleRateHz;
    this.rng = rng;
  }

  step({ f0, breathy, harsh }: Control): number {
    this.phase += (f0 * (1 + this.jitter)) / this.rate;
    if (this.phase >= 1) this.nextPulse(harsh);
    const open = 0.62 + 0.2 * breathy - 0.24 * harsh;
    const x = this.phase / open;
    // Derivative of a Rosenberg pulse: smooth opening, then a sharp closure that gives brightness.
    const pulse = x < 1 ? (2 * x - 3 * x * x) * this.shimmer : 0;
    const breath = this.rng.uniform(-1.7, 1.7) * (0.02 + 0.4 * breathy) * (x < 1 ? 1 : 0.4);
    return pulse * (1 - 0.7 * breathy) + breath;
  }

  /** Harsh voices are irregular in time and lose strength at every other pulse (subharmonics). */
  private nextPulse(harsh: number): void {
    this.phase -= 1;
    this.pulses++;
    this.jitter = (0.006 + 0.09 * harsh) * this.rng.normal();
    this.shimmer = 1 + 0.05 * this.rng.normal() - (this.pulses % 2 === 0 ? 0.65 * harsh : 0);
  }
}
