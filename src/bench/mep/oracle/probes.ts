import type { Rng } from "../../../core/rng.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import { otherModality } from "../../../cues/streams.ts";
import type { Fact, Oracle } from "./oracle.ts";

/** Two statements about one factor of one clip: one is true, the other isn't. */
export interface Probe {
  modality: EvidenceModality;
  present: Statement;
  absent: Statement;
  /** The absent value is the OTHER modality's emotion's prototype, and not the own one's. */
  crossModal: boolean;
}

export interface Statement extends Fact {
  text: string;
}

interface ProbedClip {
  congruent: boolean;
  emotion: Record<EvidenceModality, string>;
  cues: Record<EvidenceModality, Fact[]>;
}

/**
 * Up to `count` probes of one modality, from the cue lists alone (never from what a model said). On
 * conflict clips, factors where the other modality's emotion tempts to a false value come first.
 */
export function pickProbes(
  clip: ProbedClip,
  modality: EvidenceModality,
  count: number,
  oracle: Oracle,
  rng: Rng,
): Probe[] {
  const candidates = rng.shuffle(clip.cues[modality]).map((present) => {
    const tempting = temptation(clip, modality, present, oracle);
    const values = oracle.values(present.factor).filter((value) => value !== present.value);
    const value = tempting ?? (values.length > 0 ? rng.pick(values) : undefined);
    return { present, value, crossModal: tempting !== undefined };
  });
  candidates.sort((a, b) => Number(b.crossModal) - Number(a.crossModal));
  return candidates
    .flatMap(({ present, value, crossModal }) =>
      value === undefined
        ? []
        : [{ modality, crossModal, ...phrasePair(present, { ...present, value }, oracle, rng) }],
    )
    .slice(0, count);
}

/** The false value that the other stream's emotion suggests, if it suggests one. */
function temptation(
  clip: ProbedClip,
  modality: EvidenceModality,
  present: Fact,
  oracle: Oracle,
): number | undefined {
  if (clip.congruent) return undefined;
  const own = oracle.prototype(clip.emotion[modality], present.factor);
  const other = oracle.prototype(clip.emotion[otherModality[modality]], present.factor);
  return other !== 0 && other !== present.value && other !== own ? other : undefined;
}

/** Paraphrases of both facts with the smallest difference in words; at random among equals. */
function phrasePair(present: Fact, absent: Fact, oracle: Oracle, rng: Rng) {
  const pairs = oracle
    .phrases(present)
    .flatMap((a) =>
      oracle.phrases(absent).map((b) => ({ a, b, gap: Math.abs(words(a) - words(b)) })),
    );
  const least = Math.min(...pairs.map((pair) => pair.gap));
  const { a, b } = rng.pick(pairs.filter((pair) => pair.gap === least));
  return { present: { ...present, text: a }, absent: { ...absent, text: b } };
}

const words = (text: string): number => text.trim().split(/\s+/).length;
