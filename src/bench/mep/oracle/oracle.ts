import type { FactorName } from "../../../corpus/manifest.ts";
import type { CueModality, EvidenceModality } from "../../../cues/cue.ts";

/** One factor in one state: what a claim asserts, and what a clip has or lacks. */
export interface Fact {
  factor: FactorName;
  /** 1, 2, …: salient values; 0 (neutral) is never a cue. */
  value: number;
}

/** One clause of a response that speaks about the clip. */
export interface ReadClaim {
  text: string;
  /** Character range in the whole response (UTF-16 code units, end exclusive). */
  start: number;
  end: number;
  modality: CueModality;
  /** What it asserts; `null` for emotion claims, and for evidence claims the lexicon can't read. */
  fact: Fact | null;
}

export interface Reading {
  /** Text of the answer, trimmed; `null` when there is none. */
  answer: string | null;
  wellFormed: boolean;
  /** In order of appearance; statements about nothing observable are left out. */
  claims: readonly ReadClaim[];
}

/**
 * What makes the synthetic track exact: the world's factors, the lexicon's inverse and the
 * emotions' prototypes. `corpus-oracle.ts` binds it to the generated corpus; tests bring a world of
 * their own.
 */
export interface Oracle {
  /** Name, version and content of lexicon and prototypes: part of the items' hash. */
  readonly id: string;
  readonly emotions: readonly string[];
  readonly factors: Readonly<Record<EvidenceModality, readonly FactorName[]>>;
  /** Salient values of a factor. */
  values(factor: FactorName): readonly number[];
  /** Value an emotion tends to; 0 when the emotion leaves the factor neutral. */
  prototype(emotion: string, factor: FactorName): number;
  /** Paraphrases that state this value and no other. */
  phrases(fact: Fact): readonly string[];
  /** Beginning of a response after which a statement about this modality is due. */
  readonly probeContext: Readonly<Record<EvidenceModality, string>>;
  read(response: string): Reading;
}

/** The modality a factor belongs to. */
export function factorModality(oracle: Oracle, factor: FactorName): EvidenceModality {
  return oracle.factors.visual.includes(factor) ? "visual" : "acoustic";
}
