import { clausesOf } from "./clauses.ts";
import type { Claim } from "./cue.ts";
import { isEmpty } from "./fragment.ts";
import { type LabelOptions, labelClause } from "./modality.ts";
import { readingOf } from "./polarity.ts";
import { createRepetitions } from "./repetitions.ts";
import type { Word } from "./words.ts";

/**
 * Claims of a response's reasoning, in order, each labelled from its own words. `offset` is where
 * `thinkText` begins in the text that spans shall refer to (`parseResponse(…).think.span.start`).
 */
export function extractClaims(thinkText: string, offset = 0, options: LabelOptions = {}): Claim[] {
  const repeats = createRepetitions();
  return clausesOf(thinkText).map((clause) => {
    const text = thinkText.slice(clause.span.start, clause.span.end);
    const { modality, reason } = labelClause(clause, thinkText, options);
    const heads = clause.words.filter((word) => !word.stop);
    const { positive, named } = readingOf(text);
    const stems = stemsOf(clause.words);
    const repeated = repeats({ modality, positive, stems, states: named });
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

const stemsOf = (words: readonly Word[]): Set<string> =>
  new Set(words.flatMap((word) => (isEmpty(word) ? [] : word.stems)));
