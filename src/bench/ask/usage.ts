import type { TokenUsage } from "../../endpoint/port.ts";
import type { BenchmarkResult } from "./result.ts";

/** Prices per million tokens, in any one currency. */
export interface Prices {
  input?: number;
  output?: number;
  /** Of judges and extractors. */
  toolsInput?: number;
  toolsOutput?: number;
}

/**
 * Adds up tokens of the model under test and of the tools; undefined where no server counted any.
 */
export function totalUsage(
  answers: Iterable<{ usage?: TokenUsage }>,
  tools: Iterable<TokenUsage | undefined> = [],
  prices: Prices = {},
): BenchmarkResult["usage"] {
  const model = sum([...answers].map(({ usage }) => usage));
  const helper = sum(tools);
  if (model === undefined && helper === undefined) return undefined;
  const own = model ?? { promptTokens: 0, completionTokens: 0 };
  const cost = priced(own, prices.input, prices.output);
  const toolsCost = helper && priced(helper, prices.toolsInput, prices.toolsOutput);
  return {
    ...own,
    ...(cost !== undefined && { cost }),
    ...(helper && { tools: helper }),
    ...(toolsCost !== undefined && { toolsCost }),
  };
}

function priced(
  { promptTokens, completionTokens }: TokenUsage,
  input: number | undefined,
  output: number | undefined,
): number | undefined {
  if (input === undefined && output === undefined) return undefined;
  return (promptTokens * (input ?? 0) + completionTokens * (output ?? 0)) / 1e6;
}

function sum(usages: Iterable<TokenUsage | undefined>): TokenUsage | undefined {
  let total: TokenUsage | undefined;
  for (const usage of usages) {
    if (usage === undefined) continue;
    total = {
      promptTokens: (total?.promptTokens ?? 0) + usage.promptTokens,
      completionTokens: (total?.completionTokens ?? 0) + usage.completionTokens,
    };
  }
  return total;
}
