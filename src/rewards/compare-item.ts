import { type CueModality, cueModalities } from "../cues/cue.ts";
import type { Calibration } from "../similarity/port.ts";
import type { Compare } from "./judged.ts";
import { matchModality, recordMatches, recordNearest } from "./matching.ts";
import type { PerceptionOptions } from "./options.ts";
import { clausesAgainstCues } from "./paper-reading.ts";
import type { PaperReading } from "./paper-score.ts";
import type { ModalityScore } from "./perception.ts";
import type { ReadItem } from "./phrases.ts";
import type { ScoredClaim, ScoredCue } from "./scored.ts";
import { compareTexts } from "./similarity.ts";

/** One response, what it is compared with and how: data only, so any thread can do it. */
export interface Comparison {
  item: ReadItem;
  /** Unit vectors by embedded text. */
  vectors: ReadonlyMap<string, Float32Array>;
  calibration: Calibration;
  perception: PerceptionOptions;
  /** δ where clauses are held against cues as the paper does; null: they are not. */
  delta: number | null;
}

/** Claims and cues of a response, compared and assigned. */
export interface Compared {
  claims: readonly ScoredClaim[];
  cues: readonly ScoredCue[];
  modalities: Readonly<Record<CueModality, ModalityScore>>;
  paper?: Omit<PaperReading, "accuracy">;
}

/** Compares by vectors. */
export function compareItem({
  item,
  vectors,
  calibration,
  perception,
  delta,
}: Comparison): Compared {
  const compared = assign(item, byVectors(vectors, calibration), perception);
  if (delta === null) return compared;
  return { ...compared, paper: clausesAgainstCues(item, vectors, delta) };
}

/** Assigns claims to cues by what `compare` makes of their pairs. */
export function assign(item: ReadItem, compare: Compare, perception: PerceptionOptions): Compared {
  const claims = item.claims.map(
    (claim): ScoredClaim => ({ ...claim, match: 0, nearest: null, recovered: null }),
  );
  const cues = item.reference.cues.map((): ScoredCue => ({ recovered: null, nearest: null }));
  const scores = cueModalities.map((modality) => {
    const matching = matchModality(item, modality, compare, perception);
    recordNearest(matching, cues, claims);
    recordMatches(matching, cues, claims);
    return [modality, matching.score] as const;
  });
  return {
    claims,
    cues,
    modalities: Object.fromEntries(scores) as Record<CueModality, ModalityScore>,
  };
}

function byVectors(vectors: Comparison["vectors"], calibration: Calibration): Compare {
  return (cue, claim) => {
    const cueVector = vectors.get(cue.embedded);
    const claimVector = vectors.get(claim.embedded);
    // Text of nothing but punctuation has no vector and resembles nothing.
    if (!cueVector || !claimVector) return { cosine: 0, contradicts: false, share: 1, f: 0 };
    return compareTexts(
      { text: cue.text, vector: cueVector },
      { text: claim.text, vector: claimVector },
      calibration,
    );
  };
}
