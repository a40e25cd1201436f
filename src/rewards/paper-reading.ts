import { dot } from "../core/vector.ts";
import { type PunctuatedClause, punctuatedClauses } from "../cues/punctuated.ts";
import { omniReward, routeClauses } from "./paper.ts";
import type { PaperReading, ScoredClause } from "./paper-score.ts";
import type { ReadItem } from "./phrases.ts";

/** Clauses of the reasoning; none without a `<think>`. */
function clausesOfThinking({ parsed: { think } }: ReadItem): PunctuatedClause[] {
  return think ? punctuatedClauses(think.text, think.span.start) : [];
}

/** Texts that the reading compares. They are embedded as they stand: the paper reduces nothing. */
export function paperTexts(item: ReadItem): string[] {
  const cues = item.reference.cues.map(({ text }) => text);
  const clauses = clausesOfThinking(item).map(({ text }) => text);
  return cues.length === 0 || clauses.length === 0 ? [] : [...cues, ...clauses];
}

/** 0 where a text has no vector, or one of nothing. */
function cosineOf(a: Float32Array | undefined, b: Float32Array | undefined): number {
  const cosine = a && b ? dot(a, b) : 0;
  return Number.isNaN(cosine) ? 0 : cosine;
}

/**
 * Clauses held against cues; how right the answer is, is no matter of vectors.
 * @param vectors unit vectors of at least `paperTexts(item)`.
 */
export function clausesAgainstCues(
  item: ReadItem,
  vectors: ReadonlyMap<string, Float32Array>,
  delta: number,
): Omit<PaperReading, "accuracy"> {
  const clauses = clausesOfThinking(item);
  const { cues } = item.reference;
  const similarity = cues.map((cue) =>
    clauses.map((clause) => cosineOf(vectors.get(cue.text), vectors.get(clause.text))),
  );
  const modalities = cues.map(({ modality }) => modality);
  const routes = routeClauses(similarity, modalities, delta);
  return {
    omni: omniReward(similarity, modalities, delta),
    clauses: clauses.map((clause, at): ScoredClause => {
      const route = routes[at] ?? null;
      if (!route) return { ...clause, cue: null, modality: null, cosine: 0, match: 0 };
      const cosine = similarity[route.cue]![at]!;
      const match = Math.min(1, (cosine - delta) / (1 - delta));
      return { ...clause, ...route, cosine, match };
    }),
  };
}
