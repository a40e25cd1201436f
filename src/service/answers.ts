import { sha256 } from "../core/files.ts";
import type { Claim, CueSet, EvidenceModality } from "../cues/cue.ts";
import { parseResponse } from "../cues/response.ts";
import type { ModalityScore } from "../rewards/perception.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import { inUnit, lengthIn } from "./offsets.ts";
import type { DecomposeResult } from "./wire/decompose.ts";
import type { EvidenceResult } from "./wire/evidence.ts";
import type { Unit } from "./wire/fields.ts";
import type { RewardItem, RewardResult } from "./wire/rewards.ts";

/** What every result says of the text it is about, so that the caller can tell it is his own. */
export const echo = (id: string, text: string, unit: Unit) => ({
  id,
  length: lengthIn(text, unit),
  sha256: sha256(text),
});

/**
 * The reasoning of a response and where it begins. Without a pair of `<think>` tags (cut at the
 * token limit, or bare reasoning) that is the whole text, with other tags blanked out at equal
 * length.
 */
export function reasoningOf(text: string): { text: string; start: number } {
  const { think } = parseResponse(text);
  if (think) return { text: think.text, start: think.span.start };
  const blank = text.replace(/<\/?(?:think|answer)>/g, (tag) => "\n".padEnd(tag.length));
  return { text: blank, start: 0 };
}

/**
 * Visual and acoustic claims with the content words that carry them. `matches`: s_C per claim of
 * `claims`; null where no reference came along. Repeated claims are listed and have no spans, for
 * their words only copy from the prefix (docs/method.md#notation).
 */
export function evidenceResult(
  id: string,
  text: string,
  claims: readonly Claim[],
  matches: readonly number[] | null,
  unit: Unit,
): EvidenceResult {
  const begun = new Set<EvidenceModality>();
  const listed: EvidenceResult["claims"] = [];
  const spans: EvidenceResult["spans"] = [];
  for (const [i, { modality, heads, repeated, reason, ...claim }] of claims.entries()) {
    if (modality === "neutral" || modality === "emotion") continue;
    const carries = !repeated && heads.length > 0;
    const onset = carries && !begun.has(modality);
    const match = matches?.[i] ?? null;
    if (carries) {
      begun.add(modality);
      for (const head of heads) spans.push({ modality, claim: listed.length, ...head });
    }
    listed.push({ modality, text: claim.text, ...claim.span, reason, repeated, onset, match });
  }
  return {
    ...echo(id, text, unit),
    claims: inUnit(text, listed, unit),
    spans: inUnit(text, spans, unit),
  };
}

export function rewardResult(
  { id, clip_id, response }: Pick<RewardItem, "id" | "clip_id" | "response">,
  cues: CueSet,
  scored: ScoredResponse,
  unit: Unit,
): RewardResult {
  const { modalities } = scored;
  // Index among all claims → index among those listed here.
  const listed = new Map<number, number>();
  const claims = scored.claims.flatMap(
    ({ modality, text, span, repeated, match, recovered }, i) => {
      if (modality === "neutral") return [];
      listed.set(i, listed.size);
      return [{ modality, text, ...span, repeated, match, recovered }];
    },
  );
  return {
    ...echo(id, response, unit),
    clip_id,
    reward: scored.reward,
    terms: scored.terms as RewardResult["terms"],
    detail: {
      visual: modalityDetail(modalities.visual),
      acoustic: modalityDetail(modalities.acoustic),
      emotion: modalityDetail(modalities.emotion),
      format_problems: scored.parsed.problems,
      claims: inUnit(response, claims, unit),
      cues: cues.cues.map(({ modality, text }, i) => {
        const recovered = scored.cues[i]!.recovered;
        return {
          modality,
          text,
          recovered: recovered === null ? null : listed.get(recovered.claim)!,
          similarity: recovered?.f ?? 0,
        };
      }),
    },
  };
}

function modalityDetail({ cues, claims, recall, precision, guard, score }: ModalityScore) {
  const sum = recall + precision;
  const f1 = sum === 0 ? 0 : (2 * recall * precision) / sum;
  return { cues, claims, recall, precision, f1, guard, score };
}

export function decomposeResult(
  id: string,
  reference: string,
  { cues }: CueSet,
  unit: Unit,
): DecomposeResult {
  const placed = cues.map(({ span, ...cue }) => ({ ...cue, ...span }));
  return {
    ...echo(id, reference, unit),
    cues: inUnit(reference, placed, unit),
    emotions: cues.filter(({ modality }) => modality === "emotion").map(({ text }) => text),
    answer: parseResponse(reference).answer?.text ?? null,
  };
}
