/** Formant frequencies in Hz of an average tract. */
export interface Vowel {
  formants: readonly [number, number, number];
}

/**
 * Rough averages of adult speakers; close enough together that pitch stays the plainest difference.
 */
export const vowels: readonly [Vowel, ...Vowel[]] = [
  { formants: [730, 1200, 2500] },
  { formants: [530, 1800, 2500] },
  { formants: [360, 2000, 2700] },
  { formants: [500, 900, 2450] },
  { formants: [400, 1000, 2400] },
];

const bandwidths = [90, 110, 170] as const;
/** Samples between updates of the formants: articulators are slow. */
const stride = 32;

/** Three resonators in cascade, gliding towards the vowel asked for. */
export class FormantFilter {
  private readonly rate: number;
  private readonly scale: number;
  private readonly current: number[];
  private readonly a: Float64Array = new Float64Array(3);
  private readonly b: Float64Array = new Float64Array(3);
  private readonly c: Float64Array = new Float64Array(3);
  private readonly y1: Float64Array = new Float64Array(3);
  private readonly y2: Float64Array = new Float64Array(3);

  constructor(sampleRateHz: number, tractScale: number) {
    this.rate = sampleRateHz;
    this.scale = tractScale;
    this.current = vowels[0].formants.slice();
  }

  /** One sample in, one out. */
  step(input: number, vowel: Vowel, index: number): number {
    if (index % stride === 0) this.glide(vowel);
    let signal = input;
    for (let k = 0; k < 3; k++) {
      const out = this.a[k]! * signal + this.b[k]! * this.y1[k]! + this.c[k]! * this.y2[k]!;
      this.y2[k] = this.y1[k]!;
      this.y1[k] = out;
      signal = out;
    }
    return signal;
  }

  private glide(vowel: Vowel): void {
    for (let k = 0; k < 3; k++) {
      this.current[k] = this.current[k]! + 0.08 * (vowel.formants[k]! - this.current[k]!);
      const radius = Math.exp((-Math.PI * bandwidths[k]!) / this.rate);
      const angle = (2 * Math.PI * this.current[k]! * this.scale) / this.rate;
      this.c[k] = -radius * radius;
      this.b[k] = 2 * radius * Math.cos(angle);
      this.a[k] = 1 - this.b[k]! - this.c[k]!;
    }
  }
}
