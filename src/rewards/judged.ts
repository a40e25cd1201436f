import { SimilarityError } from "../core/errors.ts";
import { cueModalities } from "../cues/cue.ts";
import { contradicts } from "../cues/polarity.ts";
import type { CueJudge } from "../similarity/port.ts";
import type { Phrase, ReadItem } from "./phrases.ts";
import { type Similarity, sharedStates } from "./similarity.ts";

/** How a cue and a claim of one item compare. */
export type Compare = (cue: Phrase, claim: Phrase) => Similarity;

const nothingAlike: Similarity = { cosine: 0, contradicts: false, share: 1, f: 0 };

/**
 * Comparison by a judge, who is asked once for all modalities of a response, and not at all where
 * none has both cues and claims. A judge can be talked into things: what contradicts a cue is worth
 * nothing whatever it says, and a claim of several states only its share.
 */
export async function judgedComparison(item: ReadItem, judge: CueJudge): Promise<Compare> {
  const sides = cueModalities
    .map((modality) => ({
      modality,
      cues: item.cuePhrases.filter((phrase) => phrase.modality === modality),
      claims: item.claimPhrases.filter((phrase) => phrase.modality === modality),
    }))
    .filter(({ cues, claims }) => cues.length > 0 && claims.length > 0);
  const similarities = new Map<Phrase, Map<Phrase, Similarity>>();
  if (sides.length === 0) return () => nothingAlike;
  const texts = (phrases: readonly Phrase[]) => phrases.map(({ text }) => text);
  const answers = await judge.judge(
    sides.map(({ modality, cues, claims }) => ({
      modality,
      cues: texts(cues),
      claims: texts(claims),
    })),
  );
  for (const [index, { cues, claims }] of sides.entries()) {
    const degrees = answers[index] ?? [];
    requireShape(degrees, cues.length, claims.length, judge.id);
    for (const [row, cue] of cues.entries()) {
      const pairs = claims.map((claim, column) => {
        const degree = degrees[row]![column]!;
        return [claim, judged(cue.text, claim.text, degree)] as const;
      });
      similarities.set(cue, new Map(pairs));
    }
  }
  return (cue, claim) => similarities.get(cue)?.get(claim) ?? nothingAlike;
}

function requireShape(
  degrees: readonly (readonly number[])[],
  cues: number,
  claims: number,
  judge: string,
): void {
  const whole =
    degrees.length === cues &&
    degrees.every((row) => row.length === claims && row.every((f) => f >= 0 && f <= 1));
  if (whole) return;
  throw new SimilarityError(
    "JUDGE_SHAPE",
    `${judge} did not judge ${cues} cues × ${claims} claims`,
    {
      hint: "a judge gives one degree from 0 to 1 for every pair",
    },
  );
}

function judged(cue: string, claim: string, degree: number): Similarity {
  const opposite = contradicts(cue, claim);
  const share = sharedStates(cue, claim);
  return { cosine: degree, contradicts: opposite, share, f: opposite ? 0 : degree * share };
}
