import { firstIndex } from "../core/first-index.ts";
import type { Span } from "./cue.ts";

/** Whether a character stands in one of `spans`, which come in order and share nothing. */
export function standsIn(spans: readonly Span[], at: number): boolean {
  const next = spans[firstIndex(spans, ({ end }) => end > at)];
  return next !== undefined && next.start <= at;
}
