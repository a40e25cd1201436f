/** Which rows of a scoring program's output belong to which completion and position. */
import type { Datum } from "../port.ts";
import { computedPositions, neededTokens, type ScoringChunk } from "./batch.ts";
import type { ScoringBucket } from "./buckets.ts";

/**
 * Calls `visit` with each completion's index and the output rows of the log-probs it wants, in
 * order.
 */
export function eachOutput(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  visit: (index: number, rows: readonly number[]) => void,
): void {
  eachCompletion(chunk, batch, (index, first) => {
    const datum = batch[index] as Datum;
    const wanted = datum.read ?? [...datum.tokens.keys()];
    visit(
      index,
      rowsOf(chunk, datum, wanted).map((row) => first + row),
    );
  });
}

/** Calls `visit` with each completion's index and the rows in which it has the whole vocabulary. */
export function eachWhole(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  visit: (index: number, rows: readonly number[]) => void,
): void {
  const every = isEveryRowWhole(chunk.bucket);
  let next = 0;
  eachCompletion(chunk, batch, (index, first) => {
    const datum = batch[index] as Datum;
    const rows = rowsOf(chunk, datum, datum.whole ?? []);
    visit(
      index,
      rows.map((row) => (every ? first + row : next++)),
    );
  });
}

/** Whether all rows computed are whole, so that none need to be picked. */
export function isEveryRowWhole({ rows, reads, whole }: ScoringBucket): boolean {
  return whole?.rows === (reads?.rows ?? rows);
}

/** Calls `visit` with each completion's index and the first of its output rows. */
export function eachCompletion(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  visit: (index: number, first: number) => void,
): void {
  let first = 0;
  for (const index of membersOf(chunk)) {
    visit(index, first);
    first += outputPositions(chunk, batch[index] as Datum).length;
  }
}

/** Rows of wanted positions, counted from the completion's first. */
export function rowsOf(
  chunk: ScoringChunk,
  datum: Datum,
  wanted: readonly number[],
): readonly number[] {
  const computed = chunk.bucket.reads ? computedPositions(datum) : undefined;
  // where every token is computed, a position is its row
  if (!computed) return wanted;
  if (computed === wanted) return [...computed.keys()];
  const row = new Map(computed.map((position, at) => [position, at]));
  return wanted.map((position) => row.get(position) as number);
}

/** Positions of a completion that the program's output has, in order. */
export function outputPositions(chunk: ScoringChunk, datum: Datum): readonly number[] {
  const computed = chunk.bucket.reads ? computedPositions(datum) : undefined;
  return computed ?? [...Array(neededTokens(datum)).keys()];
}

/** The chunk's completions in the order of its rows. */
export function membersOf({ groups }: ScoringChunk): number[] {
  return groups.flatMap(({ members }) => members);
}

/** A number for every completion of the bucket [P, G]; 0 where there is none. */
export function perCompletion(
  { bucket, groups }: ScoringChunk,
  of: (index: number) => number,
): number[] {
  const values = Array<number>(bucket.prompts * bucket.group).fill(0);
  groups.forEach(({ members }, prompt) => {
    members.forEach((index, sample) => {
      values[prompt * bucket.group + sample] = of(index);
    });
  });
  return values;
}
