import type { Span } from "./cue.ts";

/** A token with characters, and its index in the completion. */
export interface SolidToken extends Span {
  token: number;
}

/** Tokens with characters, in order: special ones have an empty range. */
export const solidTokens = (offsets: readonly Span[]): SolidToken[] =>
  offsets.flatMap(({ start, end }, token) => (end > start ? [{ token, start, end }] : []));
