/** Cues and evidence: what a text claims to see and hear, where it says so, and on which tokens. */

export {
  agreement,
  type BlockAgreement,
  judgeSentences,
  type PlacedSentence,
  placedSentences,
  type SentenceLabel,
  type SentenceVerdict,
} from "./agreement.ts";
export { extractClaims } from "./claims.ts";
export { type Clause, clausesOf } from "./clauses.ts";
export * from "./cue.ts";
export { decomposeReference, extractorId } from "./decompose.ts";
export { claimTokens, type EvidenceSpan, evidenceSpans, toCodePoints } from "./evidence.ts";
export { type Label, type LabelOptions, labelClause } from "./modality.ts";
export { contradicts, polarityOf, statesOf } from "./polarity.ts";
export {
  clauseTokens,
  type EvidenceClause,
  type PunctuatedClause,
  punctuatedClauses,
} from "./punctuated.ts";
export { type ParsedResponse, parseResponse, type Section } from "./response.ts";
