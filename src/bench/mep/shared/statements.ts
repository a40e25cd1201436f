import type { Datum } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import type { Runner } from "./generate.ts";

/** A statement as the continuation of a context, ready to be scored. */
export interface StatementDatum {
  datum: Datum;
  /** Index of the statement's first token. */
  from: number;
}

/** The context and the statement as tokens; null where the tokenizer lacks a word of them. */
export function statementDatum(
  prompt: Prompt,
  context: string,
  statement: string,
  tokenizer: Tokenizer,
): StatementDatum | null {
  const text = `${context} ${statement}`;
  const { ids, offsets } = tokenizer.encode(text);
  if (tokenizer.decode(ids).text !== text) return null;
  const from = offsets.findIndex((offset) => offset.end > context.length);
  return { datum: { prompt, tokens: Int32Array.from(ids) }, from };
}

/**
 * Log-prob of each statement, nats, summed over its tokens. `clips`: whole clips that the
 * statements stand for in progress reports.
 */
export async function statementLogprobs(
  { policy, options, advance }: Runner,
  asked: readonly StatementDatum[],
  clips: number,
): Promise<number[]> {
  const totals: number[] = [];
  // A datum here is a few tokens: larger chunks than for generation.
  const chunk = options.chunk * 4;
  for (let start = 0; start < asked.length; start += chunk) {
    const part = asked.slice(start, start + chunk);
    const logprobs = await policy.logprobs(part.map(({ datum }) => datum));
    part.forEach(({ from }, index) => {
      totals.push(logprobs[index]!.subarray(from).reduce((total, value) => total + value, 0));
    });
    advance((clips * part.length) / asked.length);
  }
  if (asked.length === 0) advance(clips);
  return totals;
}
