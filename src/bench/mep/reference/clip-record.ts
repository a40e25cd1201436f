import { type CueModality, type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { TokenDrop } from "../shared/drops.ts";
import { type IsRight, readAnswer } from "./answer-metrics.ts";
import type { ExtractedCue, ExtractedCues } from "./extractors.ts";
import type { MepCue, MepProbe, MepSample } from "./items.ts";
import { type ReadDescriptions, reaches } from "./observe.ts";
import { type PolicyCondition, policyConditions } from "./policy-answers.ts";
import { describeId, type MepMask, probeId } from "./questions.ts";
import { type CueVectors, cosine } from "./vectors.ts";
import { strictYesNo, type YesNo } from "./yes-no.ts";

/** What one system said about one clip, claim by claim. Plain JSON. */
export interface ClipRecord {
  id: string;
  labels: readonly string[];
  cues: CueRecord[];
  responses: Partial<Record<PolicyCondition, ResponseRecord>>;
  probes: ProbeRecord[];
  /** Tokens of the full response; only for the clips that are kept in detail. */
  tokens?: TokenDrop[];
}

/** A cue of the reference, and what the full response says nearest to it. */
export interface CueRecord extends MepCue {
  modality: EvidenceModality;
  recovered: boolean;
  /** The nearest claim of the full response with the same polarity. */
  by?: Nearest;
}

export interface ResponseRecord {
  text: string;
  /** Inside of `<answer>`. */
  answer: string | null;
  /** `null` where the clip has no label. */
  correct: boolean | null;
  wellFormed: boolean;
  claims: ClaimRecord[];
}

export interface ClaimRecord extends MepCue {
  modality: CueModality;
  /** Place in the response, UTF-16 code units; absent where the extractor gives none. */
  start?: number;
  end?: number;
  /**
   * - `matched`: a cue of the reference says it.
   * - `unmatched`: none does; it may still be there, since references are not complete.
   * - `hidden`: said of a stream that was masked.
   * - `emotion`: a statement about the emotion, judged through the answer alone.
   */
  verdict: "matched" | "unmatched" | "hidden" | "emotion";
  /** The nearest cue of the reference with the same polarity. */
  cue?: Nearest;
}

export interface Nearest {
  text: string;
  cosine: number;
}

export interface ProbeRecord extends MepProbe {
  intact?: YesNo;
  masked?: YesNo;
}

export interface RecordSource {
  answers: ReadonlyMap<string, string>;
  read: ReadDescriptions;
  /** Cosine from which a claim matches a cue. */
  threshold: number;
  mask: MepMask;
  labels: readonly string[];
  isRight: IsRight;
  tokens: TokenDrop[] | undefined;
}

/** Everything one policy said about one sample. */
export function clipRecord(sample: MepSample, source: RecordSource): ClipRecord {
  const responses: ClipRecord["responses"] = {};
  for (const condition of policyConditions) {
    const response = responseRecord(sample, condition, source);
    if (response !== undefined) responses[condition] = response;
  }
  return {
    id: sample.id,
    labels: source.labels,
    cues: evidenceModalities.flatMap((modality) => cueRecords(sample, modality, source)),
    responses,
    probes: sample.probes.map((probe) => probeRecord(sample, probe, source)),
    ...(source.tokens !== undefined && { tokens: source.tokens }),
  };
}

function cueRecords(
  sample: MepSample,
  modality: EvidenceModality,
  { read, mask, threshold }: RecordSource,
): CueRecord[] {
  const said = read.cues.get(describeId(sample.id, "full", mask))?.[modality] ?? [];
  return sample.cues[modality].map((cue) => {
    const by = nearest(cue, said, read.vectors);
    const recovered = by !== undefined && reaches(by.cosine, threshold);
    return { ...cue, modality, recovered, ...(by && { by }) };
  });
}

function responseRecord(
  sample: MepSample,
  condition: PolicyCondition,
  { answers, read, mask, threshold, labels, isRight }: RecordSource,
): ResponseRecord | undefined {
  const id = describeId(sample.id, condition, mask);
  const [text, cues] = [answers.get(id), read.cues.get(id)];
  if (text === undefined || cues === undefined) return undefined;
  const claims = claimsOf(cues).map(([modality, claim]): ClaimRecord => {
    const { text: words, positive, span } = claim;
    const own = { modality, text: words, positive, ...span };
    if (modality === "emotion") return { ...own, verdict: "emotion" };
    const cue = nearest(claim, sample.cues[modality], read.vectors);
    const matched = cue !== undefined && reaches(cue.cosine, threshold);
    const verdict = isHidden(modality, condition) ? "hidden" : matched ? "matched" : "unmatched";
    return { ...own, verdict, ...(cue && { cue }) };
  });
  claims.sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
  return { text, ...readAnswer(text, labels, isRight), claims };
}

function claimsOf(cues: ExtractedCues): [CueModality, ExtractedCue][] {
  return Object.entries(cues).flatMap(([modality, own]) =>
    own.map((cue): [CueModality, ExtractedCue] => [modality as CueModality, cue]),
  );
}

const isHidden = (modality: EvidenceModality, condition: PolicyCondition): boolean =>
  condition === "text-only" || condition === `${modality}-masked`;

function nearest(cue: MepCue, others: readonly MepCue[], vectors: CueVectors): Nearest | undefined {
  let best: Nearest | undefined;
  for (const other of others) {
    if (other.positive !== cue.positive) continue;
    const near = cosine(cue.text, other.text, vectors);
    if (best === undefined || near > best.cosine) best = { text: other.text, cosine: near };
  }
  return best;
}

function probeRecord(
  sample: MepSample,
  probe: MepProbe,
  { answers, mask }: RecordSource,
): ProbeRecord {
  const [intact, masked] = [null, mask].map((under) =>
    answers.get(probeId(sample.id, probe.id, under)),
  );
  return {
    ...probe,
    ...(intact !== undefined && { intact: strictYesNo(intact) }),
    ...(masked !== undefined && { masked: strictYesNo(masked) }),
  };
}
