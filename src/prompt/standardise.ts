import { PolicyError } from "../core/errors.ts";
import { sharedFloats } from "../core/shared-memory.ts";
import { type Modality, modalities, type Prompt, type Stream } from "./prompt.ts";

/**
 * Per feature dimension: what to subtract and what to multiply with. Plain arrays, to be stored as
 * JSON.
 */
export interface StreamScale {
  centre: number[];
  factor: number[];
}

/**
 * Fixed by the training prompts, then the same for every prompt: a clip's own level stays visible.
 */
export type Standardiser = Readonly<Record<Modality, StreamScale>>;

/**
 * Means and reciprocal standard deviations over all tokens of all prompts; constant dimensions
 * become 0.
 */
export function fitStandardiser(prompts: Iterable<Prompt>): Standardiser {
  const all = [...prompts];
  if (all.length === 0) throw new PolicyError("STANDARDISE", "no prompts to take statistics of");
  const [video, audio] = modalities.map((modality) => fitStream(all.map((p) => p[modality])));
  return { video: video!, audio: audio! };
}

/** The prompt with both streams standardised; the original is not changed. */
export function standardise(prompt: Prompt, standardiser: Standardiser): Prompt {
  return {
    ...prompt,
    video: scaleStream(prompt.video, standardiser.video),
    audio: scaleStream(prompt.audio, standardiser.audio),
  };
}

/**
 * Standardises rows of features, for example those of an empty stream. The result lies in shared
 * memory: a policy may have threads.
 */
export function scaleRows(features: Float32Array, { centre, factor }: StreamScale): Float32Array {
  const dim = centre.length;
  if (features.length % dim !== 0) {
    throw new PolicyError("STANDARDISE", `rows of ${dim} features do not fit ${features.length}`);
  }
  const [less, times] = [Float64Array.from(centre), Float64Array.from(factor)];
  const out = sharedFloats(features.length);
  for (let row = 0; row < features.length; row += dim) {
    for (let i = 0; i < dim; i++) out[row + i] = (features[row + i]! - less[i]!) * times[i]!;
  }
  return out;
}

/**
 * One standardised row of what "nothing there" looks like in a stream, for mask mode `blank`. Of
 * features made elsewhere nobody knows how they look for black frames or silence (`raw` null): then
 * it is the mean row of the training clips, which tells a policy nothing and is zero once
 * standardised.
 */
export function blankRow(raw: Float32Array | null, scale: StreamScale): Float32Array {
  return raw === null ? sharedFloats(scale.centre.length) : scaleRows(raw, scale);
}

function scaleStream(stream: Stream, scale: StreamScale): Stream {
  return { ...stream, features: scaleRows(stream.features, scale) };
}

function fitStream(streams: readonly Stream[]): StreamScale {
  const { dim } = streams[0]!;
  const sums = new Float64Array(dim);
  const squares = new Float64Array(dim);
  let rows = 0;
  for (const { features, tokens } of streams) {
    for (let row = 0; row < features.length; row += dim) {
      for (let i = 0; i < dim; i++) {
        const value = features[row + i]!;
        sums[i]! += value;
        squares[i]! += value * value;
      }
    }
    rows += tokens;
  }
  const centre = Array.from(sums, (sum) => sum / rows);
  const factor = Array.from(squares, (square, i) => {
    const variance = square / rows - centre[i]! ** 2;
    return variance > 1e-12 ? 1 / Math.sqrt(variance) : 0;
  });
  return { centre, factor };
}
