/** From a list of completions to chunks of static shape: completions of one prompt share its prefix. */
import type { Prompt } from "../../prompt/prompt.ts";
import type { Bucket } from "./programs.ts";

/** A prompt with the indices of the completions that follow it. */
export interface Group {
  prompt: Prompt;
  members: number[];
}

/** Groups that one run of a program takes: at most `bucket.prompts`, each at most `bucket.group` long. */
export interface Chunk {
  bucket: Bucket;
  groups: Group[];
}

/** Completions in one run. Larger chunks gain nothing: the arrays leave the cache. */
export const chunkRows = 64;
const largestGroup = 16;
const ladder = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;
/** Sequence lengths are rounded up to a multiple of this. */
const lengthStep = 8;

/**
 * Chunks of the given completions. Equal prompts (same features, same masking, same text, whatever their
 * id says) are encoded once. Chunks hold completions of like length, so that little is padding.
 */
export function chunkByPrompt(
  prompts: readonly Prompt[],
  lengths: readonly number[],
  limits: { maxTokens: number; maxTextTokens: number },
): Chunk[] {
  const length = (group: Group): number =>
    Math.max(...group.members.map((index) => lengths[index] as number));
  const groups = groupByPrompt(prompts).flatMap((group) => split(group, lengths));
  const bySize = new Map<number, Group[]>();
  for (const group of groups) {
    const size = roundUp(group.members.length);
    bySize.set(size, [...(bySize.get(size) ?? []), group]);
  }
  const chunks: Chunk[] = [];
  for (const [size, same] of bySize) {
    same.sort((a, b) => length(a) - length(b));
    for (const part of evenParts(same, Math.max(1, Math.floor(chunkRows / size)))) {
      const longest = length(part[part.length - 1] as Group);
      const text = Math.max(...part.map(({ prompt }) => prompt.text.length));
      chunks.push({
        groups: part,
        bucket: {
          prompts: roundUp(part.length),
          group: size,
          tokens: roundLength(longest, limits.maxTokens),
          text: roundLength(text, limits.maxTextTokens),
        },
      });
    }
  }
  return chunks;
}

/** Members by prompt, in order of first appearance. */
export function groupByPrompt(prompts: readonly Prompt[]): Group[] {
  const features = new Map<Float32Array, number>();
  const number = (array: Float32Array): number => {
    const known = features.get(array) ?? features.size;
    features.set(array, known);
    return known;
  };
  const groups = new Map<string, Group>();
  prompts.forEach((prompt, index) => {
    const { video, audio, text } = prompt;
    const streams = [video, audio].map((s) => `${number(s.features)}${s.attended ? "" : "-"}`);
    const key = `${streams.join("/")}/${text.join(",")}`;
    const group = groups.get(key);
    if (group) group.members.push(index);
    else groups.set(key, { prompt, members: [index] });
  });
  return [...groups.values()];
}

/** A group larger than a program takes becomes several, completions of like length together. */
function split({ prompt, members }: Group, lengths: readonly number[]): Group[] {
  if (members.length <= largestGroup) return [{ prompt, members }];
  const sorted = [...members].sort((a, b) => (lengths[a] as number) - (lengths[b] as number));
  return evenParts(sorted, largestGroup).map((part) => ({ prompt, members: part }));
}

/** The fewest parts of at most `most` items, of sizes as equal as can be. */
function evenParts<T>(items: readonly T[], most: number): T[][] {
  const parts = Math.ceil(items.length / most);
  return Array.from({ length: parts }, (_, part) =>
    items.slice(
      Math.floor((part * items.length) / parts),
      Math.floor(((part + 1) * items.length) / parts),
    ),
  );
}

function roundLength(length: number, most: number): number {
  return Math.min(most, Math.ceil(length / lengthStep) * lengthStep);
}

function roundUp(count: number): number {
  return ladder.find((size) => size >= count) ?? count;
}
