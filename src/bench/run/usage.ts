import type { TokenUsage } from "../../endpoint/port.ts";
import type { BenchmarkResult } from "./result.ts";

/** Prices per million tokens, in any one currency. */
export interface Prices {
  input?: number;
  output?: number;
}

/** Adds up tokens of the model under test and of the tools; undefined where no server counted any. */
export function totalUsage(
  answers: Iterable<{ usage?: TokenUsage }>,
  tools: Iterable<TokenUsage | undefined> = [],
  prices: Prices = {},
): BenchmarkResult["usage"] {
  const model = sum([...answers].map(({ usage }) => usage));
  const helper = sum(tools);
  if (model === undefined && helper === undefined) return undefined;
  const own = model ?? { promptTokens: 0, completionTokens: 0 };
  const priced = prices.input !== undefined || prices.output !== undefined;
  const { input = 0, output = 0 } = prices;
  return {
    ...own,
    ...(priced && { cost: (own.promptTokens * input + own.completionTokens * output) / 1e6 }),
    ...(helper && { tools: helper }),
  };
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
