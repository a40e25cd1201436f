import type { FactorName } from "../../../corpus/manifest.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import { otherModality } from "../../../cues/streams.ts";
import { type Fact, factorModality, type Oracle } from "./oracle.ts";

/** What is true of the streams a policy was given. */
export interface Truth {
  factors: Readonly<Record<FactorName, number>>;
  /** Emotion behind each stream. */
  emotion: Readonly<Record<EvidenceModality, string>>;
}

export interface Judged {
  verdict: "true" | "false" | "cross-modal";
  /**
   * Control of `cross-modal`: share of the emotions behind NEITHER stream by whose prototype the
   * same false claim would have counted. What chance alone would give.
   */
  third: number;
}

/**
 * Judges one claim. A false claim is cross-modal when it states the prototype
 * value of the other stream's emotion and that isn't the own emotion's prototype as well.
 */
export function judgeFact(fact: Fact, truth: Truth, oracle: Oracle): Judged {
  if (truth.factors[fact.factor] === fact.value) return { verdict: "true", third: 0 };
  const modality = factorModality(oracle, fact.factor);
  const own = truth.emotion[modality];
  const other = truth.emotion[otherModality[modality]];
  const suggests = (emotion: string): boolean =>
    fact.value === oracle.prototype(emotion, fact.factor) &&
    fact.value !== oracle.prototype(own, fact.factor);
  const thirds = oracle.emotions.filter((emotion) => emotion !== own && emotion !== other);
  return {
    verdict: own !== other && suggests(other) ? "cross-modal" : "false",
    third: thirds.length === 0 ? 0 : thirds.filter(suggests).length / thirds.length,
  };
}

/** The truth after one stream was exchanged: the donor's factors and emotion for that modality. */
export function exchangeStream(
  truth: Truth,
  donor: Truth,
  modality: EvidenceModality,
  oracle: Oracle,
): Truth {
  const factors = { ...truth.factors };
  for (const factor of oracle.factors[modality]) factors[factor] = donor.factors[factor];
  return { factors, emotion: { ...truth.emotion, [modality]: donor.emotion[modality] } };
}
