/** Sampling with a key-value cache. The graph makes one token's keys and values; this writes the cache. */
import { PolicyError } from "../../core/errors.ts";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { Completion, SampleOptions } from "../port.ts";
import type { Chunk } from "./batch.ts";
import type { TensorData } from "./executor.ts";
import type { ModelShape } from "./params.ts";
import type { ProgramRunner } from "./program-runner.ts";
import type { Bucket } from "./programs.ts";
import { type NamedTensors, prefixTensors, unseen } from "./tensors.ts";

/** What sampling needs to know of the vocabulary. */
export interface SpecialTokens {
  bos: number;
  eos: number;
}

/** One completion being written. */
interface Row {
  /** Index into the caller's list of completions. */
  index: number;
  /** Row of the [P, G] batch. */
  slot: number;
  rng: Rng;
  tokens: number[];
  logprobs: number[];
  ended: boolean;
}

/**
 * Completions of one chunk, handed to `done` with their index. Row (prompt, sample) draws from its own
 * random stream, so what else is in the batch does not change its numbers.
 */
export async function sampleChunk(
  shape: ModelShape,
  runner: ProgramRunner,
  chunk: Chunk,
  special: SpecialTokens,
  options: SampleOptions,
  done: (index: number, completion: Completion) => void,
): Promise<void> {
  const { bucket, groups } = chunk;
  const prompts: Prompt[] = groups.map(({ prompt }) => prompt);
  const prefix = prefixTensors(shape, bucket, prompts);
  const shared = await runner.run("prefill", bucket, prefix);
  const cache = new DecodeCache(shape, bucket, prefix.hidden as Float32Array, shared);
  const rows = startRows(chunk, options);
  const tokens = new Int32Array(bucket.prompts * bucket.group).fill(special.bos);
  for (let position = 0; position < options.maxTokens; position++) {
    const outputs = await runner.run("decode", bucket, {
      ...cache.tensors,
      tokens,
      position: Int32Array.of(position),
    });
    cache.write(position, outputs.slice(1));
    const logits = outputs[0] as Float32Array;
    for (const row of rows) {
      if (row.ended) continue;
      const at = row.slot * shape.vocabulary;
      const drawn = draw(logits.subarray(at, at + shape.vocabulary), options.temperature, row.rng);
      row.tokens.push(drawn.token);
      row.logprobs.push(drawn.logprob);
      row.ended = drawn.token === special.eos;
      tokens[row.slot] = drawn.token;
    }
    if (rows.every((row) => row.ended)) break;
  }
  for (const row of rows) done(row.index, completion(row));
}

function startRows({ groups, bucket }: Chunk, { seed, samplesPerPrompt }: SampleOptions): Row[] {
  const root = new Rng(seed);
  return groups.flatMap(({ members }, prompt) =>
    members.map((index, sample) => ({
      index,
      slot: prompt * bucket.group + sample,
      rng: root.fork(`${Math.floor(index / samplesPerPrompt)}/${index % samplesPerPrompt}`),
      tokens: [],
      logprobs: [],
      ended: false,
    })),
  );
}

function completion(row: Row): Completion {
  return {
    tokens: Int32Array.from(row.tokens),
    logprobs: Float32Array.from(row.logprobs),
    stop: row.ended ? "eos" : "length",
  };
}

/**
 * One draw from softmax(logits / temperature) by the inverse of its cumulative distribution, in double
 * precision; temperature 0 takes the most likely token. `logprob` is always the one at temperature 1.
 * @throws PolicyError for logits that are NaN or +∞.
 */
export function draw(
  logits: Float32Array,
  temperature: number,
  rng: Rng,
): { token: number; logprob: number } {
  let best = 0;
  for (let id = 1; id < logits.length; id++) {
    if ((logits[id] as number) > (logits[best] as number)) best = id;
  }
  const top = logits[best] as number;
  const plain = cumulate(logits, top, 1);
  const token = temperature === 0 ? best : invert(logits, top, temperature, plain, rng.float());
  const total = plain[plain.length - 1] as number;
  if (!Number.isFinite(total)) {
    throw new PolicyError("LOGITS_NOT_FINITE", "the policy's logits are not finite", {
      hint: "training diverged: go back to an earlier checkpoint and lower the learning rate",
    });
  }
  return { token, logprob: (logits[token] as number) - top - Math.log(total) };
}

/** Running sums of exp((logit − top) / temperature). */
function cumulate(logits: Float32Array, top: number, temperature: number): Float64Array {
  const sums = new Float64Array(logits.length);
  let total = 0;
  for (let id = 0; id < logits.length; id++) {
    total += Math.exp(((logits[id] as number) - top) / temperature);
    sums[id] = total;
  }
  return sums;
}

function invert(
  logits: Float32Array,
  top: number,
  temperature: number,
  plain: Float64Array,
  uniform: number,
): number {
  const sums = temperature === 1 ? plain : cumulate(logits, top, temperature);
  const target = uniform * (sums[sums.length - 1] as number);
  // target < total, so there is always one
  return sums.findIndex((sum) => sum > target);
}

/** Keys and values of prefix and completion, per layer [P, H, G, S + T, K], with what may be seen. */
class DecodeCache {
  /** `bias` and `cache.<layer>.keys|values`: inputs of the decode program. */
  readonly tensors: NamedTensors = {};
  private readonly buffers: Float32Array[] = [];
  private readonly bias: Float32Array;
  private readonly prompts: number;
  private readonly prefix: number;
  private readonly length: number;
  private readonly headWidth: number;

  constructor(
    shape: ModelShape,
    bucket: Bucket,
    hidden: Float32Array,
    shared: readonly TensorData[],
  ) {
    this.prompts = bucket.prompts;
    this.prefix = hidden.length / bucket.prompts;
    this.length = this.prefix + bucket.tokens;
    this.headWidth = shape.headWidth;
    this.bias = new Float32Array(bucket.prompts * this.length).fill(unseen);
    for (let prompt = 0; prompt < bucket.prompts; prompt++) {
      const row = hidden.subarray(prompt * this.prefix, (prompt + 1) * this.prefix);
      this.bias.set(row, prompt * this.length);
    }
    this.tensors.bias = this.bias;
    shared.forEach((prefix, index) => {
      const buffer = this.spread(prefix as Float32Array, bucket.group);
      this.buffers.push(buffer);
      this.tensors[`cache.${Math.floor(index / 2)}.${index % 2 === 0 ? "keys" : "values"}`] =
        buffer;
    });
  }

  /** A buffer that begins, for each of G completions, with its prompt's [P, H, S, K]. */
  private spread(shared: Float32Array, group: number): Float32Array {
    const block = this.prefix * this.headWidth;
    const row = this.length * this.headWidth;
    const buffer = new Float32Array((shared.length / block) * group * row);
    for (let at = 0; at < buffer.length / row; at++) {
      const from = Math.floor(at / group) * block;
      buffer.set(shared.subarray(from, from + block), at * row);
    }
    return buffer;
  }

  /** Writes one token's keys and values, [P, H, G, K] each, at `position` of the completions. */
  write(position: number, parts: readonly TensorData[]): void {
    const { headWidth, length } = this;
    const at = this.prefix + position;
    this.buffers.forEach((buffer, index) => {
      const part = parts[index] as Float32Array;
      for (let row = 0; row < part.length / headWidth; row++) {
        const to = (row * length + at) * headWidth;
        for (let i = 0; i < headWidth; i++) buffer[to + i] = part[row * headWidth + i] as number;
      }
    });
    for (let prompt = 0; prompt < this.prompts; prompt++) this.bias[prompt * length + at] = 0;
  }
}
