/**
 * What is measured: the demo's policy, at the demo's batch sizes, on clips and tokens drawn at
 * random.
 */
import { resolve } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import { experimentOptions } from "../../src/config/schema.ts";
import { Rng } from "../../src/core/rng.ts";
import { sharedFloats } from "../../src/core/shared-memory.ts";
import { featureDims } from "../../src/media/features.ts";
import { createEmbeddedPolicy } from "../../src/policy/embedded/embedded-policy.ts";
import type { Executor } from "../../src/policy/embedded/executor.ts";
import { openExecutor, openOneExecutor } from "../../src/policy/embedded/open-executor.ts";
import type { ModelShape } from "../../src/policy/embedded/params.ts";
import {
  type EmbeddedOptions,
  type ExecutorOptions,
  executorOptions,
} from "../../src/policy/options.ts";
import type { Datum, Policy } from "../../src/policy/port.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";
import { promptOf } from "../../src/prompt/prompt-of.ts";

export const demo = loadConfig(
  resolve(import.meta.dirname, "../../configs/demo.yaml"),
  experimentOptions,
);
const dims = featureDims(demo.features);
const video = { tokens: demo.features.videoTokens, dim: dims.video };
const audio = { tokens: demo.features.audioTokens, dim: dims.audio };

/** References of the demo are 34 to 54 tokens long, 44 on average. */
export const lengths = { shortest: 34, longest: 54, mean: 44 } as const;

/**
 * Special tokens come first; there is no end token, so that every completion has its full length.
 */
const vocabulary = { size: 200, bos: 1, eos: -1 };
const firstWord = 3;

export const shape: ModelShape = { ...demo.policy, vocabulary: vocabulary.size, video, audio };

/** A system under test. */
export interface Engine {
  name: "onnx" | "jax";
  threads: number;
  /** Threads within each operator instead of two halves of a batch at once. */
  undivided?: boolean;
}

function openEngine({ name, threads, undivided }: Engine): Promise<Executor> {
  const options = executorOptions.parse({ name, threads }) satisfies ExecutorOptions;
  return undivided ? openOneExecutor(options) : openExecutor(options);
}

export async function openPolicy(
  engine: Engine,
  options: Partial<EmbeddedOptions> = {},
): Promise<Policy> {
  return createEmbeddedPolicy({
    options: { ...demo.policy, ...options },
    vocabulary,
    video,
    audio,
    seed: "bench-engine",
    executor: await openEngine(engine),
  });
}

export function randomPrompts(count: number): Prompt[] {
  const rng = new Rng("bench-engine/prompts");
  const stream = ({ tokens, dim }: { tokens: number; dim: number }) => ({
    tokens,
    dim,
    // as the trainer's are
    features: rng.normals(sharedFloats(tokens * dim)),
  });
  return Array.from({ length: count }, (_, index) =>
    promptOf(`clip-${index}`, { video: stream(video), audio: stream(audio) }),
  );
}

/** `length` words; between the shortest and the longest of the demo where none is given. */
export function randomTokens(rng: Rng, length?: number): Int32Array {
  const { shortest, longest } = lengths;
  const count = length ?? shortest + rng.int(longest - shortest + 1);
  return Int32Array.from(
    { length: count },
    () => firstWord + rng.int(shape.vocabulary - firstWord),
  );
}

/** One cold-start batch. */
export function demonstrations(): Datum[] {
  const rng = new Rng("bench-engine/demonstrations");
  return randomPrompts(demo.sft.batch).map((prompt) => ({ prompt, tokens: randomTokens(rng) }));
}

/** dL/dlogp of the mean negative log-likelihood. */
export function likelihoodGradient(batch: readonly Datum[]): Float32Array[] {
  const tokens = batch.reduce((sum, datum) => sum + datum.tokens.length, 0);
  return batch.map((datum) => new Float32Array(datum.tokens.length).fill(-1 / tokens));
}
