/**
 * Sampling with a key-value cache. The graph makes one token's keys and values; this writes the
 * cache.
 */
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { Completion, Contrast, SampleOptions } from "../port.ts";
import {
  chunkRows,
  evenParts,
  groupByPrompt,
  laneCount,
  promptCounts,
  roundLength,
  roundUp,
} from "./batch.ts";
import { contrastOdds } from "./contrast.ts";
import { type CacheMemory, DecodeCache } from "./decode-cache.ts";
import { Drawer } from "./draw.ts";
import type { ModelShape } from "./params.ts";
import type { ProgramRunner } from "./program-runner.ts";
import { prefixTensors, type StreamMemory } from "./tensors.ts";

/** What sampling needs to know of the vocabulary. */
export interface SpecialTokens {
  bos: number;
  eos: number;
}

/** Completions decoded together, so that those of a training step make a batch for each lane. */
const largestBatch = chunkRows / laneCount;
/** Completions that have ended leave the batch as soon as it fits one of these sizes. */
const batchSizes = [1, 2, 4, 8, 16, 24, 32, 48, 64] as const;
/** The cache grows by so many tokens at a time. */
const cacheStep = 16;

export interface DecodeOptions
  extends Pick<SampleOptions, "maxTokens" | "temperature" | "chances"> {
  contrast?: Pick<Contrast, "alpha" | "beta">;
}

/** What decoding needs of the options: all but what `startBatches` has put into the starts. */
export function decodeOptionsOf({
  maxTokens,
  temperature,
  chances,
  contrast,
}: SampleOptions): DecodeOptions {
  return {
    maxTokens,
    temperature,
    ...(chances ? { chances } : {}),
    ...(contrast ? { contrast: { alpha: contrast.alpha, beta: contrast.beta } } : {}),
  };
}

/** A completion to be written: of which prompt, with which random stream. */
export interface Start {
  prompt: Prompt;
  /** What the prompt is held against, where decoding is by contrast. */
  against?: Prompt;
  /** State of an `Rng`. */
  stream: Uint32Array;
}

/** One completion being written. */
interface Row {
  prompt: Prompt;
  rng: Rng;
  tokens: number[];
  logprobs: number[];
  /** Of every token of the vocabulary, place by place; empty where nobody asked. */
  chances: Float32Array[];
  ended: boolean;
}

/** What completions are decoded with. */
export interface Decoding {
  shape: ModelShape;
  runner: ProgramRunner;
  special: SpecialTokens;
  memory: CacheMemory;
  streams: StreamMemory;
}

/**
 * `samplesPerPrompt` completions of each prompt, in order, in batches to be decoded together.
 * Completion (prompt, sample) draws from its own random stream, so what else is in the batch does
 * not change it.
 */
export function startBatches(prompts: readonly Prompt[], options: SampleOptions): Start[][] {
  const root = new Rng(options.seed);
  const { samplesPerPrompt, contrast } = options;
  const starts = prompts.flatMap((prompt, at) =>
    Array.from({ length: samplesPerPrompt }, (_, sample) => ({
      prompt,
      ...(contrast ? { against: contrast.prompts[at] as Prompt } : {}),
      stream: root.fork(`${at}/${sample}`).save(),
    })),
  );
  return evenParts(starts, contrast ? largestBatch / 2 : largestBatch);
}

/**
 * Writes the completions of one batch to their end. With `contrast` every completion has a second
 * row in the batch, behind all first ones: the same tokens after the prompt's counterpart.
 */
export async function decodeCompletions(
  decoding: Decoding,
  batch: readonly Start[],
  { maxTokens, temperature, chances, contrast }: DecodeOptions,
): Promise<Completion[]> {
  const { shape, runner, special } = decoding;
  const drawer = new Drawer(shape.vocabulary, temperature);
  const shown = batch.map(({ prompt }) => prompt);
  const against = contrast ? batch.map((start) => start.against as Prompt) : [];
  const cache = await prefill(decoding, [...shown, ...against], maxTokens);
  const contrasting = new Float64Array(contrast ? shape.vocabulary : 0);
  const all = batch.map(emptyRow);
  let rows = all;
  for (let position = 0; position < maxTokens; position++) {
    const tokens = new Int32Array(cache.bucket.rows).fill(special.bos);
    const second = rows.length;
    rows.forEach((row, at) => {
      tokens[at] = row.tokens.at(-1) ?? special.bos;
      if (contrast) tokens[second + at] = tokens[at] as number;
    });
    const [read, ...written] = await runner.run("decode", cache.bucket, {
      ...cache.tensors(),
      tokens,
      position: Int32Array.of(position),
    });
    const odds = read as Float32Array;
    cache.write(position, written);
    rows.forEach((row, at) => {
      if (row.ended) return;
      const start = at * shape.vocabulary;
      const by = contrast && contrasting;
      if (by) contrastOdds(odds, start, (second + at) * shape.vocabulary, contrast, by);
      const drawn = drawer.draw(odds, start, row.rng, by);
      row.tokens.push(drawn.token);
      row.logprobs.push(drawn.logprob);
      row.ended = drawn.token === special.eos;
      if (!chances) return;
      const own = odds.slice(start, start + shape.vocabulary);
      row.chances.push(scaled(own, 1 / drawn.total));
    });
    const going = [...rows.keys()].filter((at) => !rows[at]?.ended);
    if (going.length === 0) break;
    const keep = contrast ? [...going, ...going.map((at) => second + at)] : going;
    const size = roundUp(keep.length, batchSizes);
    const full = position + 1 === cache.room;
    if (size === cache.bucket.rows && !full) continue;
    cache.resize(keep, size, full ? roomFor(position + 2, shape) : cache.room);
    rows = going.map((at) => rows[at] as Row);
  }
  return all.map(completion);
}

const emptyRow = ({ prompt, stream }: Start): Row => ({
  prompt,
  rng: new Rng(stream),
  tokens: [],
  logprobs: [],
  chances: [],
  ended: false,
});

/** Encodes each prompt once and gives every row of the batch its own copy. */
async function prefill(
  { shape, runner, memory, streams }: Decoding,
  batch: readonly Prompt[],
  maxTokens: number,
): Promise<DecodeCache> {
  const groups = groupByPrompt(batch);
  const prompts = groups.map(({ prompt }) => prompt);
  const text = Math.max(...prompts.map(({ text }) => text.length));
  const bucket = {
    prompts: roundUp(groups.length, promptCounts),
    text: roundLength(text, shape.maxTextTokens),
  };
  const prefix = prefixTensors(shape, bucket, prompts, streams);
  const parts = await runner.run("prefill", bucket, prefix);
  const promptOf = Array<number>(batch.length).fill(0);
  groups.forEach(({ members }, at) => {
    for (const row of members) promptOf[row] = at;
  });
  const hidden = prefix.hidden as Float32Array;
  const rows = roundUp(batch.length, batchSizes);
  const most = {
    rows,
    prefix: hidden.length / bucket.prompts,
    own: roomFor(maxTokens, shape),
    heads: shape.heads,
    headWidth: shape.headWidth,
  };
  const sizes = { rows, own: roomFor(1, shape) };
  return new DecodeCache(memory, most, sizes, { hidden, parts, promptOf });
}

/** Positions of a cache that holds `tokens` tokens of a completion. */
function roomFor(tokens: number, { maxTokens }: ModelShape): number {
  return Math.min(maxTokens, Math.ceil(tokens / cacheStep) * cacheStep);
}

function completion(row: Row): Completion {
  return {
    tokens: Int32Array.from(row.tokens),
    logprobs: Float32Array.from(row.logprobs),
    ...(row.chances.length > 0 ? { chances: joined(row.chances) } : {}),
    stop: row.ended ? "eos" : "length",
  };
}

function scaled(values: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) * factor;
  return values;
}

/** Rows of equal length, one after the other. */
function joined(rows: readonly Float32Array[]): Float32Array {
  const width = (rows[0] as Float32Array).length;
  const out = new Float32Array(rows.length * width);
  for (const [at, row] of rows.entries()) out.set(row, at * width);
  return out;
}
