/** The programs of the policy at static shapes, ready for an executor. */
import { grad, numpy as np } from "@jax-js/jax";
import type { DecodeBucket, PrefixBucket, ScoringBucket } from "./buckets.ts";
import { decodeStep } from "./decode-step.ts";
import type { Program } from "./executor.ts";
import { regroup, targetLogprob, wholeLogprobs } from "./layers.ts";
import {
  type CompletionInputs,
  completionLogits,
  encodePrefix,
  type KeysValues,
  type Pairing,
  type PrefixInputs,
  Weights,
} from "./model.ts";
import { isEveryRowWhole } from "./output-rows.ts";
import { type ModelShape, parameterSpecs } from "./params.ts";
import type { TensorSpec } from "./tensor.ts";

export interface ProgramSource {
  name: string;
  program: Program;
  inputs: TensorSpec[];
}

/** Parameters, prefix, completion → log-probs [N], or [R] where the bucket has reads. */
export function logprobsProgram(shape: ModelShape, bucket: ScoringBucket): ProgramSource {
  const inputs = [
    ...parameterInputs(shape),
    ...prefixSpecs(shape, bucket),
    ...completionSpecs(shape, bucket),
  ];
  return {
    name: programName("logprobs", bucket),
    inputs,
    program: (...arrays) => {
      const read = reader(inputs, arrays);
      return [sampledOf(scored(shape, bucket, inputs, arrays), read)];
    },
  };
}

/**
 * As `logprobs`, of a bucket with whole rows → log-probs [N] or [R], then those of the whole
 * vocabulary [W, V].
 */
export function distributionsProgram(shape: ModelShape, bucket: ScoringBucket): ProgramSource {
  const inputs = [
    ...parameterInputs(shape),
    ...prefixSpecs(shape, bucket),
    ...completionSpecs(shape, bucket),
  ];
  return {
    name: programName("distributions", bucket),
    inputs,
    program: (...arrays) => {
      const read = reader(inputs, arrays);
      const logits = scored(shape, bucket, inputs, arrays);
      const whole = wholeOf(logits.ref, bucket, read);
      return [sampledOf(logits, read), whole];
    },
  };
}

/**
 * As `logprobs`, with `gradient` [N or R] = dL/dlogp as last input → log-probs, then Σ gradient ·
 * ∂logp/∂θ for every parameter. A bucket with whole rows takes `whole.gradient` [W, V] after it,
 * which adds the same for each of their log-probs. Blanks have gradient 0 and so add nothing.
 */
export function backwardProgram(shape: ModelShape, bucket: ScoringBucket): ProgramSource {
  const parameters = parameterInputs(shape);
  const inputs = [
    ...parameters,
    ...prefixSpecs(shape, bucket),
    ...completionSpecs(shape, bucket),
    float("gradient", [bucket.reads?.rows ?? bucket.rows]),
    ...(bucket.whole ? [float("whole.gradient", [bucket.whole.rows, shape.vocabulary])] : []),
  ];
  return {
    name: programName("backward", bucket),
    inputs,
    program: (...arrays) => {
      const weighted = (...all: np.Array[]): [np.Array, np.Array] => {
        const read = reader(inputs, all);
        const logits = scored(shape, bucket, inputs, all);
        const whole = bucket.whole && wholeOf(logits.ref, bucket, read);
        const logprobs = sampledOf(logits, read);
        const sum = np.sum(logprobs.ref.mul(read("gradient")));
        return [whole ? sum.add(np.sum(whole.mul(read("whole.gradient")))) : sum, logprobs];
      };
      const argnums = parameters.map((_, index) => index);
      const [gradients, logprobs] = grad(weighted, { argnums, hasAux: true })(...arrays);
      return [logprobs as np.Array, ...(gradients as np.Array[])];
    },
  };
}

/** Parameters, prefix → keys, values of layer 0, keys, values of layer 1 … */
export function prefillProgram(shape: ModelShape, bucket: PrefixBucket): ProgramSource {
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

/**
 * One token for B completions. Outputs: odds [B, V], then this token's keys and values [B, H, K].
 */
export function decodeProgram(shape: ModelShape, bucket: DecodeBucket): ProgramSource {
  const inputs = [...parameterInputs(shape), ...decodeSpecs(shape, bucket)];
  return {
    name: programName("decode", bucket),
    inputs,
    program: (...arrays) => {
      const read = reader(inputs, arrays);
      const { odds, written } = decodeStep(shape, weightsOf(shape, arrays), {
        tokens: read("tokens"),
        position: read("position"),
        cache: layersOf(shape, (layer, part) => read(`cache.${layer}.${part}`)),
        bias: read("bias"),
      });
      return [odds, ...flatten(written)];
    },
  };
}

/** Number of prefix positions of a bucket. */
export function prefixTokens(shape: ModelShape, bucket: PrefixBucket): number {
  return shape.video.tokens + shape.audio.tokens + bucket.text;
}

/** Next-token logits [N or R, V]. */
function scored(
  shape: ModelShape,
  bucket: ScoringBucket,
  specs: readonly TensorSpec[],
  arrays: readonly np.Array[],
): np.Array {
  const read = reader(specs, arrays);
  const weights = weightsOf(shape, arrays);
  const cache = encodePrefix(shape, weights, prefixInputs(read, bucket));
  const { group, tokens } = bucket;
  const completions = completionInputs(read, bucket);
  return completionLogits(shape, weights, cache, completions, [group, tokens]);
}

function sampledOf(logits: np.Array, read: Read): np.Array {
  return targetLogprob(logits, read("targets"), read("vocabulary"));
}

/** [W, V]: rows are picked before the softmax, so that only theirs is taken and kept. */
function wholeOf(logits: np.Array, bucket: ScoringBucket, read: Read): np.Array {
  if (isEveryRowWhole(bucket)) return wholeLogprobs(logits);
  return wholeLogprobs(regroup(logits, read("whole.slots"), read("whole.rows")));
}

function prefixSpecs(shape: ModelShape, bucket: PrefixBucket): TensorSpec[] {
  const { prompts, text } = bucket;
  const specs = [
    float("video", [prompts, shape.video.tokens, shape.video.dim]),
    float("audio", [prompts, shape.audio.tokens, shape.audio.dim]),
    float("hidden", [prompts, prefixTokens(shape, bucket)]),
  ];
  return text > 0 ? [...specs, int("text", [prompts, text])] : specs;
}

function completionSpecs(shape: ModelShape, bucket: ScoringBucket): TensorSpec[] {
  const { prompts, group, tokens, rows, reads, whole } = bucket;
  const { heads } = shape;
  const visible = prefixTokens(shape, bucket) + tokens;
  const slots = prompts * heads * group;
  const specs = [
    int("tokens", [rows]),
    int("positions", [rows]),
    int("targets", [reads?.rows ?? rows]),
    float("bias", [prompts, tokens, visible]),
    int("vocabulary", [shape.vocabulary]),
    ...pairing("qkv", 3 * slots * tokens, 3 * rows * heads),
    ...pairing("mixed", slots * tokens, rows * heads),
    ...(whole && !isEveryRowWhole(bucket) ? pairing("whole", whole.rows, reads?.rows ?? rows) : []),
  ];
  if (!reads) return specs;
  return [
    ...specs,
    ...pairing("at", reads.rows, rows),
    ...pairing("kv", 2 * slots * tokens, 2 * rows * heads),
    ...pairing("queries", slots * reads.width, reads.rows * heads),
    float("queries.bias", [prompts, group, reads.width, visible]),
  ];
}

function pairing(name: string, slots: number, rows: number): TensorSpec[] {
  return [int(`${name}.slots`, [slots]), int(`${name}.rows`, [rows])];
}

function decodeSpecs(shape: ModelShape, { rows, length }: DecodeBucket): TensorSpec[] {
  const cache = [rows, shape.heads, length, shape.headWidth];
  const perLayer = Array.from({ length: shape.layers }, (_, layer) => [
    float(`cache.${layer}.keys`, cache),
    float(`cache.${layer}.values`, cache),
  ]);
  return [
    int("tokens", [rows]),
    int("position", [1]),
    float("bias", [rows, length]),
    ...perLayer.flat(),
  ];
}

/** Looks up a program's non-parameter inputs by name; a repeated read takes another reference. */
type Read = (name: string) => np.Array;

function reader(specs: readonly TensorSpec[], arrays: readonly np.Array[]): Read {
  const index = new Map(specs.map((spec, position) => [spec.name, position]));
  return (name) => (arrays[index.get(name) as number] as np.Array).ref;
}

function prefixInputs(read: Read, bucket: PrefixBucket): PrefixInputs {
  return {
    video: read("video"),
    audio: read("audio"),
    hidden: read("hidden"),
    text: bucket.text > 0 ? read("text") : undefined,
  };
}

function completionInputs(read: Read, { reads }: ScoringBucket): CompletionInputs {
  const paired = (name: string): Pairing => ({
    slots: read(`${name}.slots`),
    rows: read(`${name}.rows`),
  });
  return {
    tokens: read("tokens"),
    positions: read("positions"),
    bias: read("bias"),
    qkv: paired("qkv"),
    mixed: paired("mixed"),
    reads: reads && {
      at: paired("at"),
      bias: read("queries.bias"),
      kv: paired("kv"),
      queries: paired("queries"),
    },
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

/** For people: what an error names. */
function programName(kind: string, sizes: object): string {
  return `${kind}${JSON.stringify(sizes)}`;
}

const float = (name: string, shape: number[]): TensorSpec => ({ name, shape, dtype: "float32" });
const int = (name: string, shape: number[]): TensorSpec => ({ name, shape, dtype: "int32" });
