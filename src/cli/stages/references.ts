import type { CueSet } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import type { ClipRow } from "../../data/clip-row.ts";

/** Variants train on the same clips: each reference is taken apart once a process. */
const references = new WeakMap<ClipRow, CueSet>();

/** Cues of a row's reference; none where it has no reference. */
export function referenceOf(row: ClipRow): CueSet {
  const known = references.get(row) ?? decomposeReference(row.reference ?? "");
  references.set(row, known);
  return known;
}
