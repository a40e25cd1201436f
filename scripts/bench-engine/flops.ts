/**
 * Floating-point operations of the embedded policy (src/policy/embedded/model.ts), counted from its
 * shapes.
 *
 * Only matrix products count, two operations for each multiply-add, as is usual; norms, softmax,
 * ReLU, look-ups and the optimiser do not. Attention counts every position of the rectangle that is
 * computed, also those the causal mask hides. Padding does not count: it is work, but not work that
 * was asked for.
 */
import type { ModelShape } from "../../src/policy/embedded/params.ts";

type Sizes = Pick<
  ModelShape,
  "width" | "layers" | "heads" | "headWidth" | "vocabulary" | "video" | "audio"
>;

export interface Work {
  /** Prompts encoded. */
  prompts: number;
  /** Completions of each. */
  group: number;
  /** Tokens of a completion. */
  tokens: number;
}

interface Parts {
  /** Products whose input is data: their backward pass needs the weight's gradient alone. */
  media: number;
  /** All others: twice the forward work again in the backward pass. */
  rest: number;
}

/** One forward pass: log-probs of every completion token. */
export function forwardFlops(sizes: Sizes, work: Work): number {
  const { media, rest } = forwardParts(sizes, work);
  return media + rest;
}

/** Forward and backward: gradients of every parameter. */
export function trainingFlops(sizes: Sizes, work: Work): number {
  const { media, rest } = forwardParts(sizes, work);
  return 2 * media + 3 * rest;
}

function forwardParts(sizes: Sizes, { prompts, group, tokens }: Work): Parts {
  const { width, layers, heads, headWidth, vocabulary, video, audio } = sizes;
  const inner = heads * headWidth;
  const prefix = video.tokens + audio.tokens;
  const rows = prompts * group * tokens;
  const qkv = 2 * width * 3 * inner;
  const outAndMlp = 2 * inner * width + 2 * 2 * width * 4 * width;
  /** Scores and mixing, per query and per visible position. */
  const attention = 2 * 2 * inner;
  const prefixRows = prompts * prefix;
  // the last block of the prefix ends with its keys and values
  const prefixBlocks =
    layers * prefixRows * qkv + (layers - 1) * prefixRows * (outAndMlp + attention * prefix);
  const completionBlocks = layers * rows * (qkv + outAndMlp + attention * (prefix + tokens));
  return {
    media: prompts * 2 * width * (video.tokens * video.dim + audio.tokens * audio.dim),
    rest: prefixBlocks + completionBlocks + rows * 2 * width * vocabulary,
  };
}
