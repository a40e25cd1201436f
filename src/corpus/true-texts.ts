import { Rng } from "../core/rng.ts";
import type { ManifestRow } from "./manifest.ts";
import type { ClipState } from "./sample.ts";
import { referenceText } from "./script.ts";

/**
 * Complete and true reasoning about a clip in so many wordings and orders: what the best annotator
 * would have written. Made of the row's factors alone; nothing is left out or replaced, as it is in
 * the texts of the cold start.
 */
export function trueTexts(row: ManifestRow, count: number): string[] {
  const rng = new Rng(row.seed).fork("true texts");
  // a row was drawn as a state; in its file, emotions are words
  const state = row as ManifestRow & ClipState;
  return Array.from({ length: count }, (_, text) => referenceText(state, rng.fork(String(text))));
}
