import { clausesOf } from "./clauses.ts";
import type { Claim } from "./cue.ts";
import { isEmpty } from "./fragment.ts";
import { type LabelOptions, labelClause } from "./modality.ts";
import { polarityOf, statesOf } from "./polarity.ts";
import type { Word } from "./words.ts";

/**
 * Claims of a response's reasoning, in order, each labelled from its own words. `offset` is where
 * `thinkText` begins in the text that spans shall refer to (`parseResponse(…).think.span.start`).
 */
export function extractClaims(thinkText: string, offset = 0, options: LabelOptions = {}): Claim[] {
  const earlier: Signature[] = [];
  return clausesOf(thinkText).map((clause) => {
    const text = thinkText.slice(clause.span.start, clause.span.end);
    const { modality, reason } = labelClause(clause, thinkText, options);
    const heads = clause.words.filter((word) => !word.stop);
    const positive = polarityOf(text);
    const signature = { modality, positive, stems: stemsOf(clause.words), states: statesOf(text) };
    const repeated = earlier.some((other) => nearDuplicate(signature, other));
    earlier.push(signature);
    return {
      modality,
      text,
      positive,
      span: { start: clause.span.start + offset, end: clause.span.end + offset },
      heads: heads.map(({ start, end }) => ({ start: start + offset, end: end + offset })),
      reason,
      repeated,
    };
  });
}

interface Signature {
  modality: Claim["modality"];
  positive: boolean;
  stems: ReadonlySet<string>;
  /** Factor and value where the words name them: "brows=raised". */
  states: ReadonlySet<string>;
}

const stemsOf = (words: readonly Word[]): Set<string> =>
  new Set(words.flatMap((word) => (isEmpty(word) ? [] : word.stems)));

/** Says nothing that the earlier claim did not: same states of the same factors, or no new word. */
function nearDuplicate(claim: Signature, earlier: Signature): boolean {
  if (claim.modality !== earlier.modality || claim.positive !== earlier.positive) return false;
  if (claim.states.size > 0 && earlier.states.size > 0)
    return isSubset(claim.states, earlier.states);
  return claim.stems.size > 0 && isSubset(claim.stems, earlier.stems);
}

function isSubset<T>(inner: ReadonlySet<T>, outer: ReadonlySet<T>): boolean {
  for (const item of inner) if (!outer.has(item)) return false;
  return true;
}
