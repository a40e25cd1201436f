/** Fills the input tensors of a chunk. Rows without a prompt or completion stay zero and are ignored. */
import type { Modality, Prompt } from "../../prompt/prompt.ts";
import type { Datum } from "../port.ts";
import type { Chunk } from "./batch.ts";
import type { TensorData } from "./executor.ts";
import type { ModelShape } from "./params.ts";
import { type Bucket, prefixTokens } from "./programs.ts";

/** Added to attention scores of positions that must not be seen: exp underflows to exactly 0. */
export const unseen = -1e9;

export type NamedTensors = Record<string, TensorData>;

/** `video`, `audio`, `hidden` and, where the bucket has text, `text`. */
export function prefixTensors(
  shape: ModelShape,
  bucket: Bucket,
  prompts: readonly Prompt[],
): NamedTensors {
  const positions = prefixTokens(shape, bucket);
  const video = stack(shape, bucket, prompts, "video");
  const audio = stack(shape, bucket, prompts, "audio");
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
  bucket: Bucket,
  prompts: readonly Prompt[],
  modality: Modality,
): Float32Array {
  const { tokens, dim } = shape[modality];
  const out = new Float32Array(bucket.prompts * tokens * dim);
  prompts.forEach((prompt, row) => {
    // a stream nobody attends to is left zero: its content cannot reach the result even as NaN
    if (prompt[modality].attended) out.set(prompt[modality].features, row * tokens * dim);
  });
  return out;
}

/** `tokens` (shifted right, BOS first), `targets`, `bias` (from the prefix's `hidden`), `vocabulary`. */
export function completionTensors(
  shape: ModelShape,
  chunk: Chunk,
  batch: readonly Datum[],
  bos: number,
  hidden: TensorData,
): NamedTensors {
  const { prompts, group, tokens } = chunk.bucket;
  const inputs = new Int32Array(prompts * group * tokens);
  const targets = new Int32Array(prompts * group * tokens);
  eachRow(chunk, (index, at) => {
    const completion = (batch[index] as Datum).tokens;
    targets.set(completion, at);
    inputs[at] = bos;
    inputs.set(completion.subarray(0, -1), at + 1);
  });
  return {
    tokens: inputs,
    targets,
    bias: completionBias(chunk.bucket, hidden),
    vocabulary: Int32Array.from({ length: shape.vocabulary }, (_, id) => id),
  };
}

/** dL/dlogp [P, G, T]; padding 0. */
export function gradientTensor(chunk: Chunk, gradient: readonly ArrayLike<number>[]): Float32Array {
  const { prompts, group, tokens } = chunk.bucket;
  const out = new Float32Array(prompts * group * tokens);
  eachRow(chunk, (index, at) => out.set(gradient[index] as ArrayLike<number>, at));
  return out;
}

/** Calls `visit` with each completion's index and where its row begins in a [P, G, T] array. */
export function eachRow(chunk: Chunk, visit: (index: number, at: number) => void): void {
  const { group, tokens } = chunk.bucket;
  chunk.groups.forEach(({ members }, prompt) => {
    members.forEach((index, sample) => {
      visit(index, (prompt * group + sample) * tokens);
    });
  });
}

/** [P, T, S + T]: a token sees the prefix but for what is hidden, and itself and what came before. */
function completionBias({ prompts, tokens }: Bucket, hidden: TensorData): Float32Array {
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
