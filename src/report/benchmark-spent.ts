import type { BenchmarkResult, SetResult } from "../bench/ask/result.ts";
import { fixed } from "./benchmark-format.ts";

/** Tokens and money of a run, of the model under test and of judges and extractors. */
export function spent({ usage }: BenchmarkResult): [string, string][] {
  if (usage === undefined) return [];
  const tokens = (one: { promptTokens: number; completionTokens: number }) =>
    `${one.promptTokens} in, ${one.completionTokens} out`;
  const { cost, tools, toolsCost } = usage;
  const facts: [string, string][] = [["tokens", tokens(usage)]];
  if (cost !== undefined) facts.push(["cost", fixed(cost, 2)]);
  if (tools !== undefined) facts.push(["tokens of judges and readers", tokens(tools)]);
  if (toolsCost !== undefined) facts.push(["cost of judges and readers", fixed(toolsCost, 2)]);
  return facts;
}

/** Why answers or judgements are missing, by error code. */
export function failuresOf(sets: readonly SetResult[]): string[] {
  const totals = new Map<string, number>();
  for (const { counts } of sets) {
    for (const [code, count] of Object.entries(counts.failures ?? {})) {
      totals.set(code, (totals.get(code) ?? 0) + count);
    }
  }
  return [...totals].map(([code, count]) => `${code} ${count}×`);
}
