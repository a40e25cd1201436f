/**
 * From a list of completions to chunks of static shape: completions of one prompt share its prefix.
 */
import type { Prompt } from "../../prompt/prompt.ts";
import type { Datum } from "../port.ts";
import type { ScoringBucket } from "./buckets.ts";

/** A prompt with the indices of the completions that follow it. */
export interface Group {
  prompt: Prompt;
  members: number[];
}

/**
 * Groups that one run of a scoring program takes: at most `bucket.prompts`, at most `bucket.group`
 * long.
 */
export interface ScoringChunk {
  bucket: ScoringBucket;
  groups: Group[];
}

/** Halves of a batch, one replica each where there are two. */
export const laneCount = 2;
/**
 * Completions of like length that go together, half of them in each lane; twice as many gain
 * nothing.
 */
export const chunkRows = 64;
/** From so many completions on a chunk is shared between lanes: one of fewer is mostly overhead. */
const splitRows = 16;
const largestGroup = 16;
export const promptCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64] as const;
/** Group sizes: coarse, because a member that is missing costs only its slots. */
const groupSizes = [1, 2, 4, 8, 16] as const;
/** Sequence lengths are rounded up to a multiple of this. */
const lengthStep = 8;
/**
 * Numbers of rows are rounded up to so many parts of the rectangle of slots. Every other number is
 * another program to compile: supervised batches, all much alike, can afford finer steps than
 * rollouts.
 */
const rowParts = { alone: 16, groups: 8 } as const;
/**
 * From this share of the tokens on, all are read: the shorter last block would not pay for itself.
 */
const readsWorthwhile = 0.6;
/** With reads there are more sizes to combine, so each has coarser steps. */
const readSteps = { tokens: 16, width: 16, parts: 4 } as const;
/** Rows of the whole vocabulary are rounded up to so many parts of the rows that are computed. */
const wholeParts = 2;
/**
 * Where the whole vocabulary is wanted of some tokens of masked passes, how many completions of a
 * prompt have any varies from step to step, as do the tokens read. Sizes fine enough to fit made 25
 * programs in six steps; each takes as long to open as ten runs. Here a missing completion or
 * prompt is a blank, and steps are coarse: twice as many completions go together.
 */
const wholeReads = {
  chunkRows: 2 * chunkRows,
  promptCounts: [1, 2, 4, 8, 16, 32, 64],
  rowParts: 4,
  steps: { tokens: 16, width: 32, parts: 4 },
} as const;

/**
 * Chunks of a batch. Equal prompts (same features, same masking, same text, whatever their id says)
 * are encoded once. Chunks hold completions of like length. Data that ask for no log-prob, sampled
 * or whole, are in none of them.
 */
export function chunkToScore(
  batch: readonly Datum[],
  limits: { maxTokens: number; maxTextTokens: number },
): ScoringChunk[] {
  const datum = (index: number): Datum => batch[index] as Datum;
  const length = (index: number): number => neededTokens(datum(index));
  const longest = ({ members }: Group): number => Math.max(...members.map(length));
  const asked = [...batch.keys()].filter((index) => computedCount(datum(index)) > 0);
  const groups = groupByPrompt(asked.map((index) => datum(index).prompt))
    .map(({ prompt, members }) => ({ prompt, members: members.map((at) => asked[at] as number) }))
    .flatMap((group) => split(group, length));
  const chunks: ScoringChunk[] = [];
  for (const { size, coarse, same } of alikeGroups(groups, batch)) {
    same.sort((a, b) => longest(a) - longest(b));
    const most = coarse ? wholeReads.chunkRows : chunkRows;
    for (const part of evenParts(same, Math.max(1, Math.floor(most / size)))) {
      const lanes = part.length * size < splitRows ? [part] : deal(part);
      const text = Math.max(...part.map(({ prompt }) => prompt.text.length));
      const rectangle = {
        prompts: roundUp(
          Math.max(...lanes.map((lane) => lane.length)),
          coarse ? wholeReads.promptCounts : promptCounts,
        ),
        group: size,
        tokens: roundLength(longest(part[part.length - 1] as Group), limits.maxTokens),
        text: roundLength(text, limits.maxTextTokens),
      };
      const data = lanes.map((lane) => lane.flatMap(({ members }) => members.map(datum)));
      const bucket = coarse ? withWholeReads(rectangle, data) : withRows(rectangle, data);
      chunks.push(...lanes.map((groups) => ({ groups, bucket })));
    }
  }
  return chunks;
}

/** Groups that a program can take together. */
interface Alike {
  /** Completions of each, blanks included. */
  size: number;
  /** In the sizes of `wholeReads`. */
  coarse: boolean;
  same: Group[];
}

/**
 * Masked passes are read at a few tokens, full ones at all: apart, so that the first save work. With
 * whole rows among those read all of them have one size.
 */
function alikeGroups(groups: readonly Group[], batch: readonly Datum[]): Alike[] {
  const data = ({ members }: Group): Datum[] => members.map((index) => batch[index] as Datum);
  const isRead = (group: Group): boolean => data(group).every(({ read }) => read);
  const sizeOf = ({ members }: Group): number => roundUp(members.length, groupSizes);
  const read = groups.filter(isRead);
  const whole = read.some((group) => data(group).some((datum) => wholeCount(datum) > 0));
  const largest = Math.max(...read.map(sizeOf));
  const alike = new Map<string, Alike>();
  for (const group of groups) {
    const few = isRead(group);
    const coarse = few && whole;
    const size = coarse ? largest : sizeOf(group);
    const known = alike.get(`${size}/${few}`);
    if (known) known.same.push(group);
    else alike.set(`${size}/${few}`, { size, coarse, same: [group] });
  }
  return [...alike.values()];
}

/** Positions read or wanted whole, ascending; undefined: all tokens. */
export function computedPositions({ read, whole = [] }: Datum): readonly number[] | undefined {
  if (!read || whole.length === 0) return read;
  return read.length === 0 ? whole : [...new Set([...read, ...whole])].sort((a, b) => a - b);
}

/** Tokens up to the last one computed: a completion is causal, so what follows has no effect. */
export function neededTokens(datum: Datum): number {
  const computed = computedPositions(datum);
  return computed ? (computed[computed.length - 1] as number) + 1 : datum.tokens.length;
}

/** At how many positions anything is wanted. */
export function computedCount(datum: Datum): number {
  return computedPositions(datum)?.length ?? datum.tokens.length;
}

/** At how many positions the whole vocabulary is wanted. */
export function wholeCount({ whole }: Datum): number {
  return whole?.length ?? 0;
}

/** Two hands of sorted groups, as equal as can be. */
function deal(groups: readonly Group[]): Group[][] {
  const toSecond = (at: number): boolean => at % 4 === 1 || at % 4 === 2;
  const first = groups.filter((_, at) => !toSecond(at));
  const second = groups.filter((_, at) => toSecond(at));
  return second.length === 0 ? [first] : [first, second];
}

/**
 * The rectangle with as many rows as the tokens of each lane need, reads where that is less work,
 * and rows of the whole vocabulary where any are wanted: one program for all lanes.
 */
function withRows(
  bucket: Omit<ScoringBucket, "rows" | "reads" | "whole">,
  lanes: readonly (readonly Datum[])[],
): ScoringBucket {
  const { prompts, group } = bucket;
  const needed = lanes.map((data) => sum(data.map(neededTokens)));
  const wanted = lanes.map((data) => sum(data.map(computedCount)));
  const few = sum(wanted) <= readsWorthwhile * sum(needed);
  const total = Math.max(...needed);
  const counts = lanes.flat().map(computedCount);
  const read = Math.max(...wanted);
  const longest = few ? roundTo(bucket.tokens, readSteps.tokens) : bucket.tokens;
  // rows and slots both need a blank
  const tokens = total === prompts * group * longest ? longest + lengthStep : longest;
  const parts = group === 1 ? rowParts.alone : rowParts.groups;
  const rows = roundRows(total, prompts * group * tokens, parts);
  const whole = Math.max(...lanes.map((data) => sum(data.map(wholeCount))));
  if (!few) return { ...bucket, tokens, rows, ...wholeRows(whole, rows) };
  const width = roundTo(Math.max(...counts) + 1, readSteps.width);
  const reads = { width, rows: roundRows(read, prompts * group * width, readSteps.parts) };
  return { ...bucket, tokens, rows, reads, ...wholeRows(whole, reads.rows) };
}

/** As `withRows` where the whole vocabulary is wanted of tokens that are read: of all of them. */
function withWholeReads(
  bucket: Omit<ScoringBucket, "rows" | "reads" | "whole">,
  lanes: readonly (readonly Datum[])[],
): ScoringBucket {
  const { prompts, group } = bucket;
  const { steps, rowParts: parts } = wholeReads;
  const total = Math.max(...lanes.map((data) => sum(data.map(neededTokens))));
  const read = Math.max(...lanes.map((data) => sum(data.map(computedCount))));
  const longest = roundTo(bucket.tokens, steps.tokens);
  const tokens = total === prompts * group * longest ? longest + lengthStep : longest;
  const width = roundTo(Math.max(...lanes.flat().map(computedCount)) + 1, steps.width);
  const reads = { width, rows: roundRows(read, prompts * group * width, steps.parts) };
  const rows = roundRows(total, prompts * group * tokens, parts);
  return { ...bucket, tokens, rows, reads, whole: { rows: reads.rows } };
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** `most` rows are computed, among them a blank. */
function wholeRows(count: number, most: number): Pick<ScoringBucket, "whole"> {
  return count > 0 ? { whole: { rows: roundRows(count, most, wholeParts) } } : {};
}

function roundTo(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}

/** More than `count`, in whole `parts` of `most`. */
function roundRows(count: number, most: number, parts: number): number {
  const unit = Math.ceil(most / parts);
  return Math.min(most, Math.ceil((count + 1) / unit) * unit);
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
function split({ prompt, members }: Group, length: (index: number) => number): Group[] {
  if (members.length <= largestGroup) return [{ prompt, members }];
  const sorted = [...members].sort((a, b) => length(a) - length(b));
  return evenParts(sorted, largestGroup).map((part) => ({ prompt, members: part }));
}

/** The fewest parts of at most `most` items, of sizes as equal as can be. */
export function evenParts<T>(items: readonly T[], most: number): T[][] {
  const parts = Math.ceil(items.length / most);
  return Array.from({ length: parts }, (_, part) =>
    items.slice(
      Math.floor((part * items.length) / parts),
      Math.floor(((part + 1) * items.length) / parts),
    ),
  );
}

export function roundLength(length: number, most: number): number {
  return Math.min(most, roundTo(length, lengthStep));
}

/** The smallest of `sizes` that is enough. */
export function roundUp(count: number, sizes: readonly number[]): number {
  return sizes.find((size) => size >= count) ?? count;
}
