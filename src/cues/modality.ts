import type { Clause } from "./clauses.ts";
import type { Claim, EvidenceModality } from "./cue.ts";
import { type Tally, tally } from "./fragment.ts";

/** A label and why: shown to people wherever a claim is shown. */
export interface Label {
  modality: Claim["modality"];
  reason: string;
}

export interface LabelOptions {
  /** False: judge by the words alone, as if no section had been announced. Default true. */
  sections?: boolean;
}

/** Saying that nothing can be perceived is no claim about what is perceived. */
const abstention =
  /\b(?:can ?not|can't|could ?n[o']t|unable to|impossible to|difficult to|hard to|not possible to|not enough to)\s+(?:further )?(?:be )?(?:see|seen|hear|heard|determine|tell|judge|analy[sz]e|infer|identify|make out|discern|perceive|say)|\bnothing (?:\w+ )?(?:is|can be|stands?|to)\b|\b(?:is|are) (?:not (?:visible|audible|available|shown|provided)|hidden|missing|unavailable|inaudible|invisible)\b|\bno (?:\w+ )?(?:video|audio|information|clues?|cues?|evidence)\b|\bneeds? to be analy|\bdoes not provide\b|\bwithout (?:\w+ )*context\b|\badditional context\b|\black of (?:\w+ )*(?:context|information)/i;

/**
 * Labels one clause from its own words; the announced section only settles what the words leave open,
 * and never turns a clear statement about the other modality (spec algorithms §2.2 rule 1).
 */
export function labelClause(clause: Clause, text: string, options: LabelOptions = {}): Label {
  const section = options.sections === false ? null : clause.section;
  const own = text.slice(clause.span.start, clause.span.end);
  if (clause.quoted) return neutral("quoted speech");
  if (abstention.test(own)) return neutral("says that nothing can be told");
  const sum = tally(clause.words);
  if (section === "text") return textLabel(sum);
  if (clause.inferred) return inference(sum, "concludes");
  if (sum.content === 0) return neutral("no content words");
  const feeling = feelingOnly(sum);
  if (feeling) return feeling;
  if (sum.carriers.visual > 0 && sum.carriers.acoustic > 0 && sum.observed === 0) {
    return inference(sum, "speaks of both modalities");
  }
  return byWords(sum, clause, section);
}

const neutral = (reason: string): Label => ({ modality: "neutral", reason });

/** Hiding audio does not hide a subtitle: what is read is evidence of neither modality. */
function textLabel(sum: Tally): Label {
  return inference(sum, "speaks of the text");
}

function inference(sum: Tally, why: string): Label {
  if (sum.emotions === 0) return neutral(`${why}, names no feeling`);
  return { modality: "emotion", reason: `${why}: ${sum.emotionWords.join(", ")}` };
}

/**
 * "She looks sad", "joy in her voice": a feeling hung on a carrier names nothing observable, so it is
 * no evidence (hack table of spec algorithms §3: emotion parroting).
 */
function feelingOnly(sum: Tally): Label | null {
  if (sum.emotions === 0 || sum.observed > 0) return null;
  const carriers = sum.carriers.visual + sum.carriers.acoustic;
  if (carriers > 0 && sum.manners > 0) return null;
  const on = carriers > 0 ? "a feeling, no observable" : "a feeling";
  return { modality: "emotion", reason: `${on}: ${sum.emotionWords.join(", ")}` };
}

function byWords(sum: Tally, clause: Clause, section: Clause["section"]): Label {
  const winner: EvidenceModality = sum.visual >= sum.acoustic ? "visual" : "acoustic";
  const high = Math.max(sum.visual, sum.acoustic);
  const margin = Math.abs(sum.visual - sum.acoustic);
  const words = winner === "visual" ? sum.visualWords : sum.acousticWords;
  const evidence = section === "visual" || section === "acoustic" ? section : null;
  const shown = `words: ${words.join(", ")}`;
  if (evidence === null) {
    if (high >= 2 && margin >= 1) return { modality: winner, reason: shown };
    return neutral(high === 0 ? "no words of either modality" : `too close to call; ${shown}`);
  }
  if (high === 0) return bySection(sum, clause, evidence);
  if (winner === evidence || margin === 0) {
    return { modality: evidence, reason: `${shown}; section: ${clause.sectionWords}` };
  }
  if (high >= 3 && margin >= 2)
    return { modality: winner, reason: `${shown}, against the section` };
  return neutral(`section says ${evidence}, ${shown}`);
}

/** The section alone decides only for statements that observe something. */
function bySection(sum: Tally, clause: Clause, section: EvidenceModality): Label {
  if (sum.emotions > 0) {
    return { modality: "emotion", reason: `a feeling: ${sum.emotionWords.join(", ")}` };
  }
  if (sum.other === 0) return neutral("describes nothing");
  return { modality: section, reason: `section: ${clause.sectionWords}` };
}
