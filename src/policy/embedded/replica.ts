/** A copy of the model somewhere: what can be asked of it, whichever thread it lives on. */
import type { Completion, Datum } from "../port.ts";
import type { ScoringChunk } from "./batch.ts";
import { CacheMemory } from "./decode-cache.ts";
import type { PolicyDescription } from "./description.ts";
import type { Executor } from "./executor.ts";
import { membersOf } from "./output-rows.ts";
import type { Parameters } from "./params.ts";
import { ProgramRunner } from "./program-runner.ts";
import { type DecodeOptions, decodeCompletions, type Start } from "./sample.ts";
import type { TensorData } from "./tensor.ts";
import {
  completionTensors,
  gradientTensor,
  prefixTensors,
  StreamMemory,
  wholeGradientTensor,
} from "./tensors.ts";

/** One chunk with its completions, which `chunk.groups` counts from 0: all that a run needs. */
export interface Work {
  kind: "logprobs" | "distributions" | "backward";
  chunk: ScoringChunk;
  batch: readonly Datum[];
  /** For `backward`; else empty. */
  gradient: Gradient;
}

/** dL/dlogp of each completion: of its tokens, and of its rows of the whole vocabulary. */
export interface Gradient {
  sampled: readonly ArrayLike<number>[];
  whole: readonly (Float32Array | undefined)[];
}

export const noGradient: Gradient = { sampled: [], whole: [] };

export interface Replica {
  /** Outputs of the chunk's program; valid until the next call. */
  score(work: Work): Promise<TensorData[]>;
  /** Completions of one batch, in order. */
  decode(batch: readonly Start[], options: DecodeOptions): Promise<Completion[]>;
  close(): Promise<void>;
}

/** A chunk of a batch as work, and the place of each of its completions in that batch. */
export function workOf(
  kind: Work["kind"],
  chunk: ScoringChunk,
  batch: readonly Datum[],
  gradient: Gradient,
): { work: Work; indices: readonly number[] } {
  const indices = membersOf(chunk);
  let next = 0;
  const groups = chunk.groups.map(({ prompt, members }) => ({
    prompt,
    members: members.map(() => next++),
  }));
  const own = <T>(values: readonly T[]): T[] => indices.map((index) => values[index] as T);
  return {
    indices,
    work: {
      kind,
      chunk: { ...chunk, groups },
      batch: own(batch),
      gradient:
        kind === "backward"
          ? { sampled: own(gradient.sampled), whole: own(gradient.whole) }
          : noGradient,
    },
  };
}

/**
 * On this thread. `parameters` is read at every run: changing its arrays in place changes the
 * model.
 */
export class LocalReplica implements Replica {
  private readonly description: PolicyDescription;
  private readonly runner: ProgramRunner;
  private readonly memory = new CacheMemory();
  private readonly streams = new StreamMemory();

  constructor(description: PolicyDescription, executor: Executor, parameters: Parameters) {
    this.description = description;
    this.runner = new ProgramRunner(description.shape, executor, parameters);
  }

  score({ kind, chunk, batch, gradient }: Work): Promise<TensorData[]> {
    const { shape, bos } = this.description;
    const prompts = chunk.groups.map(({ prompt }) => prompt);
    const prefix = prefixTensors(shape, chunk.bucket, prompts, this.streams);
    const hidden = prefix.hidden as Float32Array;
    const tensors = { ...prefix, ...completionTensors(shape, chunk, batch, bos, hidden) };
    if (kind === "backward") {
      tensors.gradient = gradientTensor(chunk, batch, gradient.sampled);
      if (chunk.bucket.whole) {
        tensors["whole.gradient"] = wholeGradientTensor(shape, chunk, batch, gradient.whole);
      }
    }
    return this.runner.run(kind, chunk.bucket, tensors);
  }

  async decode(batch: readonly Start[], options: DecodeOptions): Promise<Completion[]> {
    const { runner, memory, streams, description } = this;
    const decoding = { shape: description.shape, runner, memory, streams, special: description };
    try {
      return await decodeCompletions(decoding, batch, options);
    } catch (error) {
      memory.forget();
      throw error;
    }
  }

  close(): Promise<void> {
    return this.runner.close();
  }
}
