import type { CueSet, EvidenceModality } from "../cues/cue.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import { echo } from "./answers.ts";
import { inUnit } from "./offsets.ts";
import type { ReferenceEvidenceResult } from "./wire/evidence.ts";
import type { Unit } from "./wire/fields.ts";
import type { PaperRewardResult } from "./wire/paper-rewards.ts";
import type { RewardItem } from "./wire/rewards.ts";

/** What scorers of form paper read. */
function readingOf({ paper }: ScoredResponse) {
  if (!paper) throw new TypeError("the response was not read in clauses");
  return paper;
}

/**
 * Clauses that a visual or acoustic cue of the reference stands behind: each a claim, and whole a
 * span. `shift`: from the scored text to `text`, UTF-16 units.
 */
export function referenceEvidenceResult(
  id: string,
  text: string,
  { cues }: CueSet,
  scored: ScoredResponse,
  shift: number,
  unit: Unit,
): ReferenceEvidenceResult {
  const { clauses } = readingOf(scored);
  const begun = new Set<EvidenceModality>();
  const claims: ReferenceEvidenceResult["claims"] = [];
  const spans: ReferenceEvidenceResult["spans"] = [];
  for (const { text: clause, span, cue: at, modality, cosine, match } of clauses) {
    if (at === null || modality === null) continue;
    const cue = cues[at]!;
    const place = { start: span.start + shift, end: span.end + shift };
    const onset = !begun.has(modality);
    begun.add(modality);
    spans.push({
      modality,
      claim: claims.length,
      ...place,
      cue: { index: at, modality: cue.modality, text: cue.text },
      similarity: cosine,
    });
    const reason = `cue of the reference: ${cue.text}`;
    claims.push({ modality, text: clause, ...place, reason, repeated: false, onset, match });
  }
  return {
    ...echo(id, text, unit),
    clauses: clauses.length,
    claims: inUnit(text, claims, unit),
    spans: inUnit(text, spans, unit),
  };
}

/** A reward in the printed form. */
export function paperRewardResult(
  { id, clip_id, response }: Pick<RewardItem, "id" | "clip_id" | "response">,
  { cues }: CueSet,
  scored: ScoredResponse,
  unit: Unit,
): PaperRewardResult {
  const { omni, accuracy, clauses } = readingOf(scored);
  const placed = clauses.map(({ text, span, modality, cue, cosine }) => ({
    text,
    ...span,
    modality,
    cue,
    similarity: cosine,
  }));
  return {
    ...echo(id, response, unit),
    clip_id,
    reward: scored.reward,
    terms: scored.terms as PaperRewardResult["terms"],
    detail: {
      // Labels without a word were refused, so there is an accuracy.
      accuracy_by: accuracy!.by,
      means: omni.means,
      format_problems: scored.parsed.problems,
      clauses: inUnit(response, placed, unit),
      cues: cues.map(({ modality, text }, i) => {
        const { best, clause, score } = omni.cues[i]!;
        return { modality, text, clause, similarity: clause === null ? null : best, score };
      }),
    },
  };
}
