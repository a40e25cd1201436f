import { firstIndex } from "../core/first-index.ts";
import { extractClaims } from "./claims.ts";
import type { Claim, EvidenceModality, Span } from "./cue.ts";
import type { LabelOptions } from "./modality.ts";
import { sentences } from "./sentences.ts";

/** A sentence whose position in the text says what it speaks of. */
export interface PlacedSentence {
  block: EvidenceModality;
  span: Span;
}

/** What the labeller makes of one sentence. `mixed`: claims of both modalities in equal number. */
export type SentenceLabel = EvidenceModality | "emotion" | "neutral" | "mixed";

export interface SentenceVerdict extends PlacedSentence {
  label: SentenceLabel;
  /** Reasons of its claims. */
  reasons: string[];
}

/** Sentences of one block, counted by label. */
export interface BlockAgreement {
  sentences: number;
  /** Labelled as the block they stand in. */
  right: number;
  /** No evidence claim: conclusions, feelings, quoted speech, each with its reason. */
  neutral: number;
  /** Of `neutral`: those that name a feeling. */
  emotion: number;
  mixed: number;
  /** Labelled as the other modality. */
  other: number;
}

/**
 * Sentences of a text whose blocks mark the modality by position, as the English EMER v2 texts do:
 * visual until a sentence opens with "In the audio", acoustic until "In the text" or a subtitle is
 * mentioned; what follows mixes everything and is left out. A leading "Input:"
 * and anything from a second run ("Output:") on are left out too. Empty for texts without an audio
 * block.
 */
export function placedSentences(text: string): PlacedSentence[] {
  const end = text.indexOf("Output:");
  const spans = sentences(end === -1 ? text : text.slice(0, end));
  const placed: PlacedSentence[] = [];
  let block: EvidenceModality | undefined = "visual";
  let sawAudio = false;
  for (const span of spans) {
    const sentence = text.slice(span.start, span.end);
    if (/\bin the audio\b/i.test(sentence) && block === "visual") {
      block = "acoustic";
      sawAudio = true;
    }
    if (sawAudio && /\bin the (?:text|subtitle)|\bsubtitles?\b|^based on\b/i.test(sentence))
      block = undefined;
    if (block === undefined) break;
    if (!/^(?:in|out)put:?$/i.test(sentence)) placed.push({ block, span });
  }
  return sawAudio ? placed : [];
}

/** Labels every placed sentence of a text by the majority of its evidence claims. */
export function judgeSentences(text: string, options: LabelOptions = {}): SentenceVerdict[] {
  const claims = extractClaims(text, 0, options);
  return placedSentences(text).map(({ block, span }) => {
    const from = firstIndex(claims, (claim) => claim.span.start >= span.start);
    const to = firstIndex(claims, (claim) => claim.span.end > span.end);
    const own = claims.slice(from, to);
    return { block, span, label: majority(own), reasons: own.map(({ reason }) => reason) };
  });
}

function majority(claims: readonly Claim[]): SentenceLabel {
  const count = (modality: Claim["modality"]) =>
    claims.filter((claim) => claim.modality === modality).length;
  const visual = count("visual");
  const acoustic = count("acoustic");
  if (visual + acoustic === 0) return count("emotion") > 0 ? "emotion" : "neutral";
  if (visual === acoustic) return "mixed";
  return visual > acoustic ? "visual" : "acoustic";
}

/** Counts verdicts of many texts per block. */
export function agreement(
  verdicts: readonly SentenceVerdict[],
): Record<EvidenceModality, BlockAgreement> {
  const empty = () => ({ sentences: 0, right: 0, neutral: 0, emotion: 0, mixed: 0, other: 0 });
  const counts = { visual: empty(), acoustic: empty() };
  for (const { block, label } of verdicts) {
    const row = counts[block];
    row.sentences++;
    if (label === block) row.right++;
    else if (label === "mixed") row.mixed++;
    else if (label === "visual" || label === "acoustic") row.other++;
    else row.neutral++;
    if (label === "emotion") row.emotion++;
  }
  return counts;
}
