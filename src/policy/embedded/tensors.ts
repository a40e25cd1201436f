/**
 * Fills the input tensors of a chunk. Rows without a prompt or completion stay zero and are
 * ignored.
 */
import type { Modality, Prompt } from "../../prompt/prompt.ts";
import type { Datum } from "../port.ts";
import { neededTokens, type ScoringChunk } from "./batch.ts";
import type { PrefixBucket, ScoringBucket } from "./buckets.ts";
import {
  eachCompletion,
  eachOutput,
  eachWhole,
  isEveryRowWhole,
  membersOf,
  outputPositions,
  perCompletion,
  rowsOf,
} from "./output-rows.ts";
import { headIndices, type Packing, pack } from "./packing.ts";
import type { ModelShape } from "./params.ts";
import { prefixTokens } from "./programs.ts";
import type { TensorData } from "./tensor.ts";

/**
 * Added to attention scores of positions that must not be seen: their weight is 0, or 1e-45
 * (`onnx/runtime.ts`).
 */
export const unseen = -1e9;

export type NamedTensors = Record<string, TensorData>;

/**
 * Arrays for streams, one for each size, used again and again: features of a batch are megabytes,
 * and allocating them for every step made the garbage collector walk the whole heap every few
 * steps.
 */
export class StreamMemory {
  private readonly arrays = new Map<string, Float32Array>();

  /** With whatever was written there last. */
  take(name: string, size: number): Float32Array {
    const key = `${name}/${size}`;
    const array = this.arrays.get(key) ?? new Float32Array(size);
    this.arrays.set(key, array);
    return array;
  }
}

/** `video`, `audio`, `hidden` and, where the bucket has text, `text`. */
export function prefixTensors(
  shape: ModelShape,
  bucket: PrefixBucket,
  prompts: readonly Prompt[],
  memory = new StreamMemory(),
): NamedTensors {
  const positions = prefixTokens(shape, bucket);
  const video = stack(shape, bucket, prompts, "video", memory);
  const audio = stack(shape, bucket, prompts, "audio", memory);
  const hidden = new Float32Array(bucket.prompts * positions);
  const text = new Int32Array(bucket.prompts * bucket.text);
  const mediaTokens = shape.video.tokens + shape.audio.tokens;
  prompts.forEach((prompt, row) => {
    const at = row * positions;
    if (!prompt.video.attended) hidden.fill(unseen, at, at + shape.video.tokens);
    if (!prompt.audio.attended) hidden.fill(unseen, at + shape.video.tokens, at + mediaTokens);
    hidden.fill(unseen, at + mediaTokens + prompt.text.length, at + positions);
    text.set(prompt.text, row * bucket.text);
  });
  return bucket.text > 0 ? { video, audio, hidden, text } : { video, audio, hidden };
}

function stack(
  shape: ModelShape,
  bucket: PrefixBucket,
  prompts: readonly Prompt[],
  modality: Modality,
  memory: StreamMemory,
): Float32Array {
  const size = shape[modality].tokens * shape[modality].dim;
  const out = memory.take(modality, bucket.prompts * size);
  for (let row = 0; row < bucket.prompts; row++) {
    const stream = prompts[row]?.[modality];
    // a stream nobody attends to is zero: its content cannot reach the result even as NaN
    if (stream?.attended) out.set(stream.features, row * size);
    else out.fill(0, row * size, (row + 1) * size);
  }
  return out;
}

/** Everything a scoring program takes besides parameters and prefix; `hidden` is the prefix's. */
export function completionTensors(
  shape: ModelShape,
  chunk: ScoringChunk,
  batch: readonly Datum[],
  bos: number,
  hidden: TensorData,
): NamedTensors {
  const { prompts, group, tokens: width, rows, reads } = chunk.bucket;
  const lengths = perCompletion(chunk, (index) => neededTokens(batch[index] as Datum));
  const packing = pack({ prompts, group, width, lengths }, rows);
  const tokens = new Int32Array(rows);
  const positions = new Int32Array(rows);
  const targets = new Int32Array(reads?.rows ?? rows);
  let row = 0;
  let read = 0;
  for (const index of membersOf(chunk)) {
    const datum = batch[index] as Datum;
    const length = neededTokens(datum);
    for (let t = 0; t < length; t++) {
      tokens[row + t] = t === 0 ? bos : (datum.tokens[t - 1] as number);
      positions[row + t] = t;
    }
    for (const t of outputPositions(chunk, datum)) targets[read++] = datum.tokens[t] as number;
    row += length;
  }
  const qkv = headIndices(packing, shape.heads, 3);
  const mixed = headIndices(packing, shape.heads, 1);
  return {
    tokens,
    positions,
    targets,
    bias: completionBias(chunk.bucket, hidden),
    vocabulary: Int32Array.from({ length: shape.vocabulary }, (_, id) => id),
    ...pairing("qkv", qkv.slots, qkv.rows),
    ...pairing("mixed", mixed.slots, mixed.rows),
    ...(reads ? readTensors(shape, chunk, batch, packing, hidden) : {}),
    ...(chunk.bucket.whole && !isEveryRowWhole(chunk.bucket) ? wholeTensors(chunk, batch) : {}),
  };
}

/** Which of the rows computed are wanted whole. */
function wholeTensors(chunk: ScoringChunk, batch: readonly Datum[]): NamedTensors {
  const { rows, reads, whole } = chunk.bucket;
  const computed = reads?.rows ?? rows;
  const wanted = (whole as NonNullable<typeof whole>).rows;
  // as for reads: the last of either side is a blank
  const slots = new Int32Array(wanted).fill(computed - 1);
  const back = new Int32Array(computed).fill(wanted - 1);
  let next = 0;
  eachCompletion(chunk, batch, (index, first) => {
    const datum = batch[index] as Datum;
    for (const row of rowsOf(chunk, datum, datum.whole ?? [])) {
      slots[next] = first + row;
      back[first + row] = next++;
    }
  });
  return pairing("whole", slots, back);
}

/** What the last block takes where only some log-probs are wanted. */
function readTensors(
  shape: ModelShape,
  chunk: ScoringChunk,
  batch: readonly Datum[],
  packing: Packing,
  hidden: TensorData,
): NamedTensors {
  const { prompts, group, rows, reads } = chunk.bucket;
  const { width, rows: count } = reads as NonNullable<typeof reads>;
  const lengths = perCompletion(
    chunk,
    (index) => outputPositions(chunk, batch[index] as Datum).length,
  );
  const queries = headIndices(pack({ prompts, group, width, lengths }, count), shape.heads, 1);
  const kv = headIndices(packing, shape.heads, 2);
  // a blank read shows the last row, which is blank itself; rows that are not read, the last read
  const rowOfRead = new Int32Array(count).fill(rows - 1);
  const readOfRow = new Int32Array(rows).fill(count - 1);
  let first = 0;
  let read = 0;
  for (const index of membersOf(chunk)) {
    const datum = batch[index] as Datum;
    for (const t of outputPositions(chunk, datum)) {
      rowOfRead[read] = first + t;
      readOfRow[first + t] = read++;
    }
    first += neededTokens(datum);
  }
  return {
    ...pairing("at", rowOfRead, readOfRow),
    ...pairing("kv", kv.slots, kv.rows),
    ...pairing("queries", queries.slots, queries.rows),
    "queries.bias": readBias(chunk, batch, width, hidden),
  };
}

function pairing(name: string, slots: Int32Array, rows: Int32Array): NamedTensors {
  return { [`${name}.slots`]: slots, [`${name}.rows`]: rows };
}

/** dL/dlogp for the program's output rows; blanks and what nobody asked for 0. */
export function gradientTensor(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  gradient: readonly ArrayLike<number>[],
): Float32Array {
  const { rows, reads } = chunk.bucket;
  const out = new Float32Array(reads?.rows ?? rows);
  eachOutput(chunk, batch, (index, at) => {
    at.forEach((row, i) => {
      out[row] = (gradient[index] as ArrayLike<number>)[i] as number;
    });
  });
  return out;
}

/** dL/dlogp for the program's rows of the whole vocabulary [W, V]; blanks 0. */
export function wholeGradientTensor(
  { vocabulary }: ModelShape,
  chunk: ScoringChunk,
  batch: readonly Datum[],
  gradient: readonly (Float32Array | undefined)[],
): Float32Array {
  const out = new Float32Array((chunk.bucket.whole?.rows ?? 0) * vocabulary);
  eachWhole(chunk, batch, (index, rows) => {
    const values = gradient[index];
    if (!values) return;
    rows.forEach((row, at) => {
      out.set(values.subarray(at * vocabulary, (at + 1) * vocabulary), row * vocabulary);
    });
  });
  return out;
}

/**
 * [P, T, S + T]: a token sees the prefix but for what is hidden, and itself and what came before.
 */
function completionBias({ prompts, tokens }: ScoringBucket, hidden: TensorData): Float32Array {
  const prefix = hidden.length / prompts;
  const length = prefix + tokens;
  const bias = new Float32Array(prompts * tokens * length);
  for (let prompt = 0; prompt < prompts; prompt++) {
    const row = hidden.subarray(prompt * prefix, (prompt + 1) * prefix);
    for (let token = 0; token < tokens; token++) {
      const at = (prompt * tokens + token) * length;
      bias.set(row, at);
      bias.fill(unseen, at + prefix + token + 1, at + length);
    }
  }
  return bias;
}

/** [P, G, Q, S + T]: as `completionBias`, for the tokens that are read. */
function readBias(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  width: number,
  hidden: TensorData,
): Float32Array {
  const { prompts, group, tokens } = chunk.bucket;
  const prefix = hidden.length / prompts;
  const length = prefix + tokens;
  const bias = new Float32Array(prompts * group * width * length);
  chunk.groups.forEach(({ members }, prompt) => {
    const row = hidden.subarray(prompt * prefix, (prompt + 1) * prefix);
    members.forEach((index, sample) => {
      outputPositions(chunk, batch[index] as Datum).forEach((token, slot) => {
        const at = ((prompt * group + sample) * width + slot) * length;
        bias.set(row, at);
        bias.fill(unseen, at + prefix + token + 1, at + length);
      });
    });
  });
  return bias;
}
