import { extractClaims } from "../../cues/claims.ts";
import type { Claim, CueSet } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { type Compared, type Comparison, compareItem } from "../../rewards/compare-item.ts";
import { type ReadItem, readItem } from "../../rewards/phrases.ts";
import type { ScoreItem } from "../../rewards/scorer.ts";
import { givenCues } from "../given-cues.ts";
import type { GivenCue } from "../wire/fields.ts";

/** Work on texts that takes longer than a server may be away, and what it gives. */
export interface ParseWork {
  claims: { job: { text: string; offset: number }; result: readonly Claim[] };
  decompose: { job: { reference: string }; result: CueSet };
  given: { job: { cues: readonly GivenCue[] }; result: CueSet };
  read: { job: { item: ScoreItem }; result: ReadItem };
  compare: { job: { comparison: Comparison }; result: Compared };
}

export type ParseKind = keyof ParseWork;
export type ParseJob = { [Kind in ParseKind]: { kind: Kind } & ParseWork[Kind]["job"] }[ParseKind];
export type ParseResult = ParseWork[ParseKind]["result"];

/** Does a job in this thread. */
export function parseHere(job: ParseJob): ParseResult {
  switch (job.kind) {
    case "claims":
      return extractClaims(job.text, job.offset);
    case "decompose":
      return decomposeReference(job.reference);
    case "given":
      return givenCues(job.cues);
    case "read":
      return readItem(job.item);
    case "compare":
      return compareItem(job.comparison);
  }
}
