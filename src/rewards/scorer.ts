import { extractClaims } from "../cues/claims.ts";
import { type Claim, type CueModality, type CueSet, cueModalities } from "../cues/cue.ts";
import { parseResponse } from "../cues/response.ts";
import type { Calibration, Embedder } from "../judges/port.ts";
import { accuracyReward } from "./accuracy.ts";
import { combineReward, type RewardTerms } from "./combine.ts";
import { formatReward, type ParsedResponse } from "./format.ts";
import type { RewardOptions } from "./options.ts";
import {
  type ModalityScore,
  type PerceptionScore,
  perceptionReward,
  scoreModality,
} from "./perception.ts";
import { compareTexts, embeddedText, type Similarity } from "./similarity.ts";

/** One response and what it is scored against. */
export interface ScoreItem {
  response: string;
  reference: CueSet;
  label: string;
}

/** A claim with its best cue. */
export interface ScoredClaim extends Claim {
  /**
   * s_C: best f over the cues of its modality, whether or not the assignment paid it (a true claim is
   * true even where another claim already recovered the cue). 0 for neutral claims.
   */
  match: number;
  /** Index in `reference.cues` of the most similar cue of its modality, with how it compares. */
  nearest: ({ cue: number } & Similarity) | null;
  /** Index of the cue it recovered in the one-to-one assignment; `null` if none. */
  recovered: number | null;
}

/** A reference cue with what recovered it. */
export interface ScoredCue {
  /** Index of the claim that recovered it, with how it compares; `null` if none. */
  recovered: ({ claim: number } & Similarity) | null;
  /** Index of the most similar claim of its modality, with how it compares. */
  nearest: ({ claim: number } & Similarity) | null;
}

/** A reward with every term that made it. */
export interface ScoredResponse extends RewardTerms {
  /** R in [0, 1]. */
  reward: number;
  perceptionParts: PerceptionScore;
  modalities: Readonly<Record<CueModality, ModalityScore>>;
  claims: readonly ScoredClaim[];
  /** Same order as `reference.cues`. */
  cues: readonly ScoredCue[];
  parsed: ParsedResponse;
}

export interface Scorer {
  /** Scores in order; all texts of the call are embedded together. @throws JudgeError. */
  score(items: readonly ScoreItem[]): Promise<ScoredResponse[]>;
}

/** Reward of responses under one embedder, with thresholds measured for it. */
export function createScorer(parts: {
  embedder: Embedder;
  calibration: Calibration;
  options: RewardOptions;
}): Scorer {
  return {
    async score(items) {
      const read = items.map(readItem);
      const vectors = await embedAll(read, parts.embedder);
      return read.map((item) => scoreItem(item, vectors, parts));
    },
  };
}

/** A claim or cue with the text that is embedded for it; "" for neutral claims. */
interface Phrase {
  modality: CueModality | "neutral";
  text: string;
  embedded: string;
}

interface ReadItem extends ScoreItem {
  parsed: ParsedResponse;
  /** Claims of the reasoning only: cue text in the answer or outside the tags earns nothing. */
  claims: readonly Claim[];
  claimPhrases: readonly Phrase[];
  cuePhrases: readonly Phrase[];
}

function readItem(item: ScoreItem): ReadItem {
  const parsed = parseResponse(item.response);
  const { think } = parsed;
  const claims = think ? extractClaims(think.text, think.span.start) : [];
  return {
    ...item,
    parsed,
    claims,
    claimPhrases: claims.map(toPhrase),
    cuePhrases: item.reference.cues.map(toPhrase),
  };
}

function toPhrase({ modality, text }: Pick<Claim, "modality" | "text">): Phrase {
  return {
    modality,
    text,
    embedded: modality === "neutral" ? "" : embeddedText(modality, text),
  };
}

/** Vectors by embedded text, for claims and cues whose modality occurs on both sides. */
async function embedAll(
  items: readonly ReadItem[],
  embedder: Embedder,
): Promise<Map<string, Float32Array>> {
  const texts = new Set<string>();
  for (const { claimPhrases, cuePhrases } of items) {
    for (const modality of cueModalities) {
      const claims = claimPhrases.filter((phrase) => phrase.modality === modality);
      const cues = cuePhrases.filter((phrase) => phrase.modality === modality);
      if (claims.length === 0 || cues.length === 0) continue;
      for (const { embedded } of [...claims, ...cues]) texts.add(embedded);
    }
  }
  texts.delete("");
  const list = [...texts];
  const vectors = await embedder.embed(list);
  return new Map(list.map((text, i) => [text, vectors[i] as Float32Array]));
}

function scoreItem(
  { parsed, claims, reference, label, claimPhrases, cuePhrases }: ReadItem,
  vectors: ReadonlyMap<string, Float32Array>,
  { calibration, options }: { calibration: Calibration; options: RewardOptions },
): ScoredResponse {
  const compare = comparison(vectors, calibration);
  const scoredClaims = claims.map(
    (claim): ScoredClaim => ({
      ...claim,
      match: 0,
      nearest: null,
      recovered: null,
    }),
  );
  const scoredCues = reference.cues.map((): ScoredCue => ({ recovered: null, nearest: null }));
  const scores = cueModalities.map((modality) => {
    const cueIndices = indicesOf(reference.cues, modality);
    const claimIndices = indicesOf(claims, modality);
    const pairs = cueIndices.map((cue) =>
      claimIndices.map((claim) =>
        compare(cuePhrases[cue] as Phrase, claimPhrases[claim] as Phrase),
      ),
    );
    const score = scoreModality(
      payable(pairs, claimIndices, claims),
      claimIndices.length,
      options.perception,
    );
    recordNearest(pairs, cueIndices, claimIndices, scoredCues, scoredClaims);
    recordMatches(score, pairs, cueIndices, claimIndices, scoredCues, scoredClaims);
    return [modality, score] as const;
  });
  const modalities = Object.fromEntries(scores) as Record<CueModality, ModalityScore>;
  const perceptionParts = perceptionReward(modalities, options.perception);
  const terms: RewardTerms = {
    accuracy: accuracyReward(parsed.answer?.text ?? "", label, options.accuracy),
    format: formatReward(parsed),
    perception: perceptionParts.value,
  };
  return {
    ...terms,
    reward: combineReward(terms, options.weights, options.formatGate),
    perceptionParts,
    modalities,
    claims: scoredClaims,
    cues: scoredCues,
    parsed,
  };
}

function comparison(vectors: ReadonlyMap<string, Float32Array>, calibration: Calibration) {
  return (cue: Phrase, claim: Phrase): Similarity => {
    const cueVector = vectors.get(cue.embedded);
    const claimVector = vectors.get(claim.embedded);
    // Text of nothing but punctuation has no vector and resembles nothing.
    if (!cueVector || !claimVector) return { cosine: 0, contradicts: false, f: 0 };
    return compareTexts(
      { text: cue.text, vector: cueVector },
      { text: claim.text, vector: claimVector },
      calibration,
    );
  };
}

function indicesOf(
  items: readonly { modality: CueModality | "neutral" }[],
  modality: CueModality,
): number[] {
  return [...items.keys()].filter((index) => items[index]?.modality === modality);
}

/** f of each pair; a repeated claim recovers nothing, though it counts to n_k. */
function payable(
  pairs: readonly (readonly Similarity[])[],
  claimIndices: readonly number[],
  claims: readonly Claim[],
): number[][] {
  return pairs.map((row) =>
    row.map(({ f }, column) => (claims[claimIndices[column] as number]?.repeated ? 0 : f)),
  );
}

function recordNearest(
  pairs: readonly (readonly Similarity[])[],
  cueIndices: readonly number[],
  claimIndices: readonly number[],
  cues: ScoredCue[],
  claims: ScoredClaim[],
): void {
  for (const [row, cue] of cueIndices.entries()) {
    for (const [column, claim] of claimIndices.entries()) {
      const pair = pairs[row]?.[column] as Similarity;
      const ofCue = cues[cue] as ScoredCue;
      const ofClaim = claims[claim] as ScoredClaim;
      if (nearer(pair, ofCue.nearest)) ofCue.nearest = { claim, ...pair };
      if (nearer(pair, ofClaim.nearest)) ofClaim.nearest = { cue, ...pair };
      ofClaim.match = Math.max(ofClaim.match, pair.f);
    }
  }
}

/** A pair that counts beats one that doesn't, whatever the cosine of a contradiction. */
function nearer(pair: Similarity, best: Similarity | null): boolean {
  if (best === null || pair.f !== best.f) return best === null || pair.f > best.f;
  return pair.cosine > best.cosine;
}

function recordMatches(
  { matches }: ModalityScore,
  pairs: readonly (readonly Similarity[])[],
  cueIndices: readonly number[],
  claimIndices: readonly number[],
  cues: ScoredCue[],
  claims: ScoredClaim[],
): void {
  for (const { cue, claim } of matches) {
    const cueIndex = cueIndices[cue] as number;
    const claimIndex = claimIndices[claim] as number;
    (cues[cueIndex] as ScoredCue).recovered = {
      claim: claimIndex,
      ...(pairs[cue]?.[claim] as Similarity),
    };
    (claims[claimIndex] as ScoredClaim).recovered = cueIndex;
  }
}
