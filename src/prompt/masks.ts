import { PolicyError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import { sharedFloats } from "../core/shared-memory.ts";
import type { Modality, Prompt, Stream } from "./prompt.ts";

/**
 * How a modality is hidden. All keep token counts and positions.
 * - `drop`: nothing attends to the stream.
 * - `blank`: the stream's value for "nothing there" (black frames, silence).
 * - `noise`: Gaussian noise with the stream's own mean and standard deviation.
 * - `swap`: the same stream of another clip (counterfactual masking, docs/method.md#counterfactual-terms).
 */
export type MaskMode = "drop" | "blank" | "noise" | "swap";
export const maskModes = ["drop", "blank", "noise", "swap"] as const;

export interface MaskSources {
  /** Needed by `noise`. */
  rng?: Rng;
  /** Needed by `swap`: the prompt whose stream takes the place. */
  donor?: Prompt;
  /** Needed by `blank`: one row of features of an empty stream, per modality. */
  blank?: Readonly<Record<Modality, Float32Array>>;
}

/** A copy of `prompt` in which `modality` is hidden. The original is not changed. */
export function maskPrompt(
  prompt: Prompt,
  modality: Modality,
  mode: MaskMode,
  sources: MaskSources = {},
): Prompt {
  return { ...prompt, [modality]: maskStream(prompt[modality], modality, mode, sources) };
}

function maskStream(
  stream: Stream,
  modality: Modality,
  mode: MaskMode,
  sources: MaskSources,
): Stream {
  switch (mode) {
    case "drop":
      return { ...stream, attended: false };
    case "blank":
      return { ...stream, features: tile(need(sources.blank, mode)[modality], stream) };
    case "noise":
      return { ...stream, features: noiseLike(stream.features, need(sources.rng, mode)) };
    case "swap": {
      const donor = need(sources.donor, mode)[modality];
      if (donor.tokens !== stream.tokens || donor.dim !== stream.dim) {
        throw new PolicyError(
          "MASK_SHAPE",
          `donor ${modality} has another shape than the prompt's`,
        );
      }
      return { ...stream, features: donor.features };
    }
  }
}

function need<T>(source: T | undefined, mode: MaskMode): T {
  if (source === undefined) {
    throw new PolicyError("MASK_SOURCE", `mask mode '${mode}' was called without its source`);
  }
  return source;
}

function tile(row: Float32Array, stream: Stream): Float32Array {
  if (row.length !== stream.dim)
    throw new PolicyError("MASK_SHAPE", "blank row has the wrong width");
  const out = sharedFloats(stream.tokens * stream.dim);
  for (let token = 0; token < stream.tokens; token++) out.set(row, token * stream.dim);
  return out;
}

function noiseLike(features: Float32Array, rng: Rng): Float32Array {
  let sum = 0;
  let squares = 0;
  for (const value of features) {
    sum += value;
    squares += value * value;
  }
  const centre = sum / features.length;
  const spread = Math.sqrt(Math.max(0, squares / features.length - centre * centre));
  const out = sharedFloats(features.length);
  for (let i = 0; i < out.length; i++) out[i] = centre + spread * rng.normal();
  return out;
}
