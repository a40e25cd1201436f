import type { Clause } from "./clauses.ts";
import type { Claim, EvidenceModality } from "./cue.ts";
import { hasCarrier, isDescribed, type Tally, tally } from "./fragment.ts";

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
  /\b(?:can ?not|can't|could ?n[o']t|unable to|impossible to|difficult to|hard to|not possible to|not enough to)\s+(?:further )?(?:be )?(?:see|seen|hear|heard|determine|tell|judge|analy[sz]e|infer|identify|make out|discern|perceive|say)|\bnothing (?:\w+ )?(?:is|can be|stands?|to)\b|\b(?:is|are) (?:not (?:visible|audible|available|shown|provided)|hidden|missing|unavailable|inaudible|invisible)\b|\bno (?:\w+ )?(?:video|audio|information|clues?|cues?|evidence)\b|\bneeds? to be analy|\bdoes not provide\b|\badditional context\b/i;

/**
 * "without any visual context", "lack of further information": words between single spaces. One
 * pattern for it would read on to the end from each "without".
 */
function lacksContext(text: string): boolean {
  if (!/\bwithout |\black of /i.test(text)) return false;
  for (const [run] of text.matchAll(/\w+(?: \w+)*/g)) {
    const words = run.toLowerCase().split(" ");
    const without = words.indexOf("without");
    if (without !== -1 && words.includes("context", without + 1)) return true;
    const lack = words.findIndex((word, at) => word === "lack" && words[at + 1] === "of");
    const lacked = (word: string, at: number) =>
      at > lack + 1 && /^(?:context|information)/.test(word);
    if (lack !== -1 && words.some(lacked)) return true;
  }
  return false;
}

/**
 * Labels one clause from its own words; the announced section only settles what the words leave
 * open, and never turns a clear statement about the other modality
 * (docs/method.md#modality-of-a-claim).
 */
export function labelClause(clause: Clause, text: string, options: LabelOptions = {}): Label {
  const section = options.sections === false ? null : clause.section;
  const own = text.slice(clause.span.start, clause.span.end);
  const sum = tally(clause.words);
  if (clause.quoted && Math.max(sum.visual, sum.acoustic) < 2) return neutral("quoted speech");
  if (abstention.test(own) || lacksContext(own)) return neutral("says that nothing can be told");
  // Hiding audio does not hide a subtitle: what is read is evidence of neither modality.
  if (section === "text") return conclusion(sum, "speaks of the text");
  if (clause.inferred) return conclusion(sum, "concludes");
  if (sum.content === 0) return neutral("no content words");
  if (feelingOnly(sum))
    return conclusion(sum, hasCarrier(sum) ? "a feeling, no observable" : "a feeling");
  if (sum.carriers.visual > 0 && sum.carriers.acoustic > 0 && sum.observed === 0) {
    return conclusion(sum, "speaks of both modalities");
  }
  if (hasCarrier(sum) && !isDescribed(sum)) return neutral("names a thing, not how it is");
  return byWords(sum, clause, section);
}

const neutral = (reason: string): Label => ({ modality: "neutral", reason });

function conclusion(sum: Tally, why: string): Label {
  if (sum.emotionWords.length === 0) return neutral(`${why}, names no feeling`);
  return { modality: "emotion", reason: `${why}: ${sum.emotionWords.join(", ")}` };
}

/**
 * "She looks sad", "joy in her voice": a feeling hung on a carrier names nothing observable, so it
 * is no evidence: else parroting the emotion would earn some. A manner ("calm voice") is.
 */
function feelingOnly(sum: Tally): boolean {
  if (sum.observed > 0 || sum.emotionWords.length + sum.moods === 0) return false;
  return !hasCarrier(sum) || sum.manners === 0;
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
    if (sum.emotionWords.length > 0) return conclusion(sum, "a feeling");
    return neutral(high === 0 ? "no words of either modality" : `too little to tell; ${shown}`);
  }
  if (high === 0) {
    return clause.sectionDecides
      ? bySection(sum, clause, evidence)
      : neutral("no words of either modality");
  }
  if ((winner === evidence || margin === 0) && (high >= 2 || clause.sectionDecides)) {
    return { modality: evidence, reason: `${shown}; section: ${clause.sectionWords}` };
  }
  const stated = sum.carriers[winner] > 0 && sum.observed + sum.manners > 0;
  if (margin >= 2 && (stated || (high >= 3 && isDescribed(sum)))) {
    return { modality: winner, reason: `${shown}, against the section` };
  }
  return neutral(`section says ${evidence}, ${shown}`);
}

/** The section alone decides only for statements that describe something. */
function bySection(sum: Tally, clause: Clause, section: EvidenceModality): Label {
  if (sum.other + sum.manners === 0) return neutral("describes nothing");
  return { modality: section, reason: `section: ${clause.sectionWords}` };
}
