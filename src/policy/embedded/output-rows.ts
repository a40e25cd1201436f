/** Which rows of a scoring program's output belong to which completion and position. */
import type { Datum } from "../port.ts";
import { neededTokens, type ScoringChunk } from "./batch.ts";

/**
 * Calls `visit` with each completion's index and the output rows of the log-probs it wants, in
 * order.
 */
export function eachOutput(
  chunk: ScoringChunk,
  batch: readonly Datum[],
  visit: (index: number, rows: readonly number[]) => void,
): void {
  let first = 0;
  for (const index of membersOf(chunk)) {
    const datum = batch[index] as Datum;
    const computed = outputPositions(chunk, datum);
    // either what is wanted is computed alone, row by row, or every token is and the wanted ones
    // picked
    const wanted = chunk.bucket.reads || !datum.read ? [...computed.keys()] : datum.read;
    const start = first;
    visit(
      index,
      wanted.map((at) => start + at),
    );
    first += computed.length;
  }
}

/** Positions of a completion that the program's output has, in order. */
export function outputPositions(chunk: ScoringChunk, datum: Datum): readonly number[] {
  if (chunk.bucket.reads && datum.read) return datum.read;
  return [...Array(neededTokens(datum)).keys()];
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
