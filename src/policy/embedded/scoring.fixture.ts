/**
 * One batch in the form the scoring programs take, for tests that run programs without a policy.
 */
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { Datum } from "../port.ts";
import { chunkToScore } from "./batch.ts";
import type { ScoringBucket } from "./buckets.ts";
import type { ModelShape } from "./params.ts";
import {
  completionTensors,
  gradientTensor,
  type NamedTensors,
  prefixTensors,
  wholeGradientTensor,
} from "./tensors.ts";

export interface ScoringFixture {
  bucket: ScoringBucket;
  tensors: NamedTensors;
}

/** Two prompts with text, the second without video; six completions of unequal length. */
export function fixtureBatch(shape: ModelShape, seed: string): Datum[] {
  const rng = new Rng(seed);
  const ids = (length: number) => Array.from({ length }, () => rng.int(shape.vocabulary));
  const stream = ({ tokens, dim }: { tokens: number; dim: number }) => ({
    tokens,
    dim,
    attended: true,
    features: Float32Array.from({ length: tokens * dim }, () => rng.normal()),
  });
  const prompts = [0, 1].map(
    (index): Prompt => ({
      id: `clip-${index}`,
      video: { ...stream(shape.video), attended: index === 0 },
      audio: stream(shape.audio),
      text: ids(Math.min(3 - index, shape.maxTextTokens)),
    }),
  );
  return [4, 2, 5, 5, 1, 3].map((length, index) => ({
    prompt: prompts[index % 2]!,
    tokens: Int32Array.from(ids(length)),
  }));
}

/** Rows of the whole vocabulary at few tokens, log-probs of sampled ones at fewer. */
export function someWhole(batch: readonly Datum[]): Datum[] {
  return batch.map((datum, index) => ({
    ...datum,
    read: index === 0 ? [1] : [],
    ...(datum.tokens.length > 2 && { whole: [2] }),
  }));
}

/** The only chunk of a batch, as tensors; the gradient is random. */
export function scoringFixture(shape: ModelShape, batch: readonly Datum[]): ScoringFixture {
  const rng = new Rng("gradient");
  const [chunk, ...others] = chunkToScore(batch, shape);
  if (!chunk || others.length > 0) throw new Error("the fixture's batch must make one chunk");
  const prefix = prefixTensors(
    shape,
    chunk.bucket,
    chunk.groups.map(({ prompt }) => prompt),
  );
  const gradient = batch.map(({ tokens, read }) =>
    Float32Array.from(read ?? tokens, () => rng.normal()),
  );
  const whole = batch.map((datum) =>
    Float32Array.from({ length: (datum.whole ?? []).length * shape.vocabulary }, () =>
      rng.normal(),
    ),
  );
  return {
    bucket: chunk.bucket,
    tensors: {
      ...prefix,
      ...completionTensors(shape, chunk, batch, 1, prefix.hidden!),
      gradient: gradientTensor(chunk, batch, gradient),
      ...(chunk.bucket.whole
        ? { "whole.gradient": wholeGradientTensor(shape, chunk, batch, whole) }
        : {}),
    },
  };
}
