import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { type Fact, factorModality, type Oracle } from "./oracle.ts";
import type { ClaimRecord, ResponseRecord } from "./result.ts";
import { judgeFact, type Truth } from "./verdict.ts";

/**
 * Counts about one modality in one or more responses to the same input. Claims are distinct ones.
 */
export interface ModalityTally {
  /**
   * Distinct claims, readable or not: what precision rests on, so that garbling a claim never
   * helps.
   */
  claims: number;
  true: number;
  cross: number;
  /** Expected cross-modal count under an emotion that neither stream shows. */
  third: number;
  /**
   * Claims that were true of the clip before its stream was exchanged, and aren't of what was
   * shown.
   */
  stale: number;
  /** Those of `claims` that the oracle can't read: not shown to be true. */
  unreadable: number;
  repeats: number;
  /** Salient cues of the input, once per response. */
  cues: number;
  /** Sum over responses of recall, F1 (and how many of them had cues, or either cues or claims). */
  recallSum: number;
  recallCount: number;
  f1Sum: number;
  f1Count: number;
}

export interface Tally {
  responses: number;
  correct: number;
  wellFormed: number;
  tokens: number;
  truncated: number;
  visual: ModalityTally;
  acoustic: ModalityTally;
}

export function emptyTally(): Tally {
  const counts = { responses: 0, correct: 0, wellFormed: 0, tokens: 0, truncated: 0 };
  return { ...counts, visual: emptyModality(), acoustic: emptyModality() };
}

function emptyModality(): ModalityTally {
  const claims = { claims: 0, true: 0, cross: 0, third: 0, stale: 0, unreadable: 0, repeats: 0 };
  return { ...claims, cues: 0, recallSum: 0, recallCount: 0, f1Sum: 0, f1Count: 0 };
}

/** Reads a response and judges each of its claims against what the policy was given. */
export function readResponse(
  text: string,
  label: string,
  truth: Truth,
  oracle: Oracle,
): ResponseRecord {
  const reading = oracle.read(text);
  const seen = new Set<string>();
  const claims = reading.claims.map(({ text: words, start, end, modality, fact }): ClaimRecord => {
    const key = fact === null ? `${modality}/${words.toLowerCase()}` : keyOf(fact);
    const repeated = seen.has(key);
    seen.add(key);
    const place = { text: words, start, end, fact, repeated };
    if (fact === null) {
      return { ...place, modality, verdict: modality === "emotion" ? "emotion" : "unreadable" };
    }
    // The factor decides the modality: a visual claim in the audio section is still a visual claim.
    const own = factorModality(oracle, fact.factor);
    return { ...place, modality: own, verdict: judgeFact(fact, truth, oracle).verdict };
  });
  const answer = reading.answer === null ? null : reading.answer.trim();
  const correct = answer !== null && answer.toLowerCase() === label.toLowerCase();
  return { text, answer, correct, wellFormed: reading.wellFormed, claims };
}

/**
 * Adds one response to the counts. `original`: the clip's own truth where a stream was exchanged.
 */
export function addResponse(
  tally: Tally,
  response: ResponseRecord,
  size: { tokens: number; truncated: boolean },
  truth: Truth,
  oracle: Oracle,
  original: Truth = truth,
): void {
  tally.responses += 1;
  tally.correct += Number(response.correct);
  tally.wellFormed += Number(response.wellFormed);
  tally.tokens += size.tokens;
  tally.truncated += Number(size.truncated);
  for (const modality of evidenceModalities) {
    const claims = response.claims.filter((claim) => claim.modality === modality);
    addClaims(tally[modality], claims, modality, truth, original, oracle);
  }
}

function addClaims(
  tally: ModalityTally,
  claims: readonly ClaimRecord[],
  modality: EvidenceModality,
  truth: Truth,
  original: Truth,
  oracle: Oracle,
): void {
  const distinct = claims.filter((claim) => !claim.repeated);
  tally.repeats += claims.length - distinct.length;
  tally.unreadable += distinct.filter((claim) => claim.fact === null).length;
  const facts = distinct.flatMap((claim) => (claim.fact === null ? [] : [claim.fact]));
  let recovered = 0;
  for (const fact of facts) {
    const { verdict, third } = judgeFact(fact, truth, oracle);
    recovered += Number(verdict === "true");
    tally.cross += Number(verdict === "cross-modal");
    tally.third += third;
    tally.stale += Number(verdict !== "true" && original.factors[fact.factor] === fact.value);
  }
  const cues = oracle.factors[modality].filter((factor) => truth.factors[factor] !== 0).length;
  tally.claims += distinct.length;
  tally.true += recovered;
  tally.cues += cues;
  if (cues > 0) {
    tally.recallSum += recovered / cues;
    tally.recallCount += 1;
  }
  if (cues + distinct.length > 0) {
    tally.f1Sum += (2 * recovered) / (cues + distinct.length);
    tally.f1Count += 1;
  }
}

const keyOf = (fact: Fact): string => `${fact.factor}=${fact.value}`;
