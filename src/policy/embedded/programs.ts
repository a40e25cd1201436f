/** The four programs of the policy at one bucket of static shapes, ready for an executor. */
import { grad, numpy as np } from "@jax-js/jax";
import type { Program, TensorSpec } from "./executor.ts";
import {
  completionLogits,
  decodeStep,
  encodePrefix,
  type KeysValues,
  type PrefixInputs,
  targetLogprobs,
  Weights,
} from "./model.ts";
import { type ModelShape, parameterSpecs } from "./params.ts";

/** Static sizes of one program: P prompts, G completions of each, T completion tokens, text tokens. */
export interface Bucket {
  prompts: number;
  group: number;
  tokens: number;
  text: number;
}

export interface ProgramSource {
  name: string;
  program: Program;
  inputs: TensorSpec[];
}

/** Parameters, prefix, completion → log-probs [P, G, T]. */
export function logprobsProgram(shape: ModelShape, bucket: Bucket): ProgramSource {
  const inputs = [
    ...parameterInputs(shape),
    ...prefixSpecs(shape, bucket),
    ...completionSpecs(shape, bucket),
  ];
  return {
    name: programName("logprobs", bucket),
    inputs,
    program: (...arrays) => [scored(shape, bucket, inputs, arrays)],
  };
}

/**
 * As `logprobs`, with `gradient` [P, G, T] = dL/dlogp as last input → log-probs, then Σ gradient ·
 * ∂logp/∂θ for every parameter. Padding has gradient 0 and so adds nothing.
 */
export function backwardProgram(shape: ModelShape, bucket: Bucket): ProgramSource {
  const { prompts, group, tokens } = bucket;
  const parameters = parameterInputs(shape);
  const inputs = [
    ...parameters,
    ...prefixSpecs(shape, bucket),
    ...completionSpecs(shape, bucket),
    float("gradient", [prompts, group, tokens]),
  ];
  return {
    name: programName("backward", bucket),
    inputs,
    program: (...arrays) => {
      const weighted = (...all: np.Array[]): [np.Array, np.Array] => {
        const logprobs = scored(shape, bucket, inputs, all);
        return [np.sum(logprobs.ref.mul((all[all.length - 1] as np.Array).ref)), logprobs];
      };
      const argnums = parameters.map((_, index) => index);
      const [gradients, logprobs] = grad(weighted, { argnums, hasAux: true })(...arrays);
      return [logprobs as np.Array, ...(gradients as np.Array[])];
    },
  };
}

/** Parameters, prefix → keys, values of layer 0, keys, values of layer 1 … */
export function prefillProgram(shape: ModelShape, bucket: Bucket): ProgramSource {
  const inputs = [...parameterInputs(shape), ...prefixSpecs(shape, bucket)];
  return {
    name: programName("prefill", bucket),
    inputs,
    program: (...arrays) => {
      const read = reader(inputs, arrays);
      return flatten(encodePrefix(shape, weightsOf(shape, arrays), prefixInputs(read, bucket)));
    },
  };
}

/** One token for P · G completions. Outputs: logits [P, G, V], then this token's keys and values. */
export function decodeProgram(shape: ModelShape, bucket: Bucket): ProgramSource {
  const inputs = [...parameterInputs(shape), ...decodeSpecs(shape, bucket)];
  return {
    name: programName("decode", bucket),
    inputs,
    program: (...arrays) => {
      const read = reader(inputs, arrays);
      const { logits, written } = decodeStep(shape, weightsOf(shape, arrays), {
        tokens: read("tokens"),
        position: read("position"),
        cache: layersOf(shape, (layer, part) => read(`cache.${layer}.${part}`)),
        bias: read("bias"),
      });
      return [logits, ...flatten(written)];
    },
  };
}

/** Number of prefix positions of a bucket. */
export function prefixTokens(shape: ModelShape, bucket: Bucket): number {
  return shape.video.tokens + shape.audio.tokens + bucket.text;
}

function scored(
  shape: ModelShape,
  bucket: Bucket,
  specs: readonly TensorSpec[],
  arrays: readonly np.Array[],
): np.Array {
  const read = reader(specs, arrays);
  const weights = weightsOf(shape, arrays);
  const cache = encodePrefix(shape, weights, prefixInputs(read, bucket));
  const logits = completionLogits(shape, weights, cache, read("tokens"), read("bias"));
  return targetLogprobs(logits, read("targets"), read("vocabulary"));
}

function prefixSpecs(shape: ModelShape, bucket: Bucket): TensorSpec[] {
  const { prompts, text } = bucket;
  const specs = [
    float("video", [prompts, shape.video.tokens, shape.video.dim]),
    float("audio", [prompts, shape.audio.tokens, shape.audio.dim]),
    float("hidden", [prompts, prefixTokens(shape, bucket)]),
  ];
  return text > 0 ? [...specs, int("text", [prompts, text])] : specs;
}

function completionSpecs(shape: ModelShape, bucket: Bucket): TensorSpec[] {
  const { prompts, group, tokens } = bucket;
  return [
    int("tokens", [prompts, group, tokens]),
    int("targets", [prompts, group, tokens]),
    float("bias", [prompts, tokens, prefixTokens(shape, bucket) + tokens]),
    int("vocabulary", [shape.vocabulary]),
  ];
}

function decodeSpecs(shape: ModelShape, bucket: Bucket): TensorSpec[] {
  const { prompts, group, tokens } = bucket;
  const length = prefixTokens(shape, bucket) + tokens;
  const cache = [prompts, shape.heads, group, length, shape.headWidth];
  const perLayer = Array.from({ length: shape.layers }, (_, layer) => [
    float(`cache.${layer}.keys`, cache),
    float(`cache.${layer}.values`, cache),
  ]);
  return [
    int("tokens", [prompts, group]),
    int("position", [1]),
    float("bias", [prompts, length]),
    ...perLayer.flat(),
  ];
}

/** Looks up a program's non-parameter inputs by name; a repeated read takes another reference. */
type Read = (name: string) => np.Array;

function reader(specs: readonly TensorSpec[], arrays: readonly np.Array[]): Read {
  const index = new Map(specs.map((spec, position) => [spec.name, position]));
  return (name) => (arrays[index.get(name) as number] as np.Array).ref;
}

function prefixInputs(read: Read, bucket: Bucket): PrefixInputs {
  return {
    video: read("video"),
    audio: read("audio"),
    hidden: read("hidden"),
    text: bucket.text > 0 ? read("text") : undefined,
  };
}

/** The parameters lead every program's inputs. */
function weightsOf(shape: ModelShape, arrays: readonly np.Array[]): Weights {
  return new Weights(
    parameterSpecs(shape).map(({ name }) => name),
    arrays,
  );
}

function parameterInputs(shape: ModelShape): TensorSpec[] {
  return parameterSpecs(shape).map(({ name, shape: dims, dtype }) => ({
    name,
    shape: dims,
    dtype,
  }));
}

function layersOf(
  shape: ModelShape,
  read: (layer: number, part: keyof KeysValues) => np.Array,
): KeysValues[] {
  return Array.from({ length: shape.layers }, (_, layer) => ({
    keys: read(layer, "keys"),
    values: read(layer, "values"),
  }));
}

const flatten = (cache: readonly KeysValues[]): np.Array[] =>
  cache.flatMap(({ keys, values }) => [keys, values]);

function programName(kind: string, { prompts, group, tokens, text }: Bucket): string {
  return `${kind}[${prompts}x${group}x${tokens}${text > 0 ? `+${text}` : ""}]`;
}

const float = (name: string, shape: number[]): TensorSpec => ({ name, shape, dtype: "float32" });
const int = (name: string, shape: number[]): TensorSpec => ({ name, shape, dtype: "int32" });
