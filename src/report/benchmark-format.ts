import type { BenchmarkResult, MetricResult, SetResult } from "../bench/ask/result.ts";
import { pythonFixed } from "../core/python-text.ts";
import type { PublishedRow } from "./benchmark-published.ts";

/** Results of one benchmark, in the order given, and how they are shown. */
export interface BenchmarkGroup {
  benchmark: string;
  title: string;
  results: readonly BenchmarkResult[];
  /** Rows of the published table. */
  published: readonly PublishedRow[];
  /** Its sets are views of the same questions: counts are those of the first. */
  sameQuestions: boolean;
}

/** The sets whose counts add up to what was asked. */
export const countedSets = (
  { sameQuestions }: Pick<BenchmarkGroup, "sameQuestions">,
  { sets }: BenchmarkResult,
): readonly SetResult[] => (sameQuestions ? sets.slice(0, 1) : sets);

/**
 * Percentages and scores to two decimals where a paper gives them so, counts to two; "–" for none.
 */
export function formatMetric(metric: MetricResult | undefined, digits = 2): string {
  if (metric === undefined || metric.value === null) return metric?.nan === true ? "nan" : "–";
  return fixed(metric.value, digits);
}

/** "43.1 – 50.2"; null where no interval was computed. */
export function formatInterval(metric: MetricResult | undefined): string | null {
  if (metric?.low === undefined || metric.high === undefined) return null;
  if (metric.low === null || metric.high === null) return null;
  const digits = metric.unit === "count" ? 2 : 1;
  return `${fixed(metric.low, digits)} – ${fixed(metric.high, digits)}`;
}

/** Fixed decimals without "-0", rounded as official tables are: 62.125 is 62.12. */
export function fixed(value: number, digits: number): string {
  const text = pythonFixed(value, digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

/** What tables call a row. */
export const shownName = ({ name, model }: BenchmarkResult): string => name ?? model;

/** Sets whose scores a row's mean is over, where they are not all of `columns`. */
export function partOfSets(
  { sets }: BenchmarkResult,
  columns: readonly string[],
): string | undefined {
  return sets.length === columns.length
    ? undefined
    : `over ${sets.length} of ${columns.length} sets`;
}

/** Every fact that two results must share to compare, by name. */
export function protocolFacts({ protocol }: BenchmarkResult): Record<string, string> {
  return {
    protocol: protocol.name,
    ...(protocol.mapping !== undefined && { mapping: protocol.mapping }),
    ...(protocol.promptsHash !== undefined && { prompts: protocol.promptsHash.slice(0, 12) }),
    ...protocol.tools,
    ...Object.fromEntries(
      Object.entries(protocol.settings).map(([name, value]) => [name, shortHash(String(value))]),
    ),
  };
}

const shortHash = (text: string): string =>
  /^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text;

/**
 * Names of the facts in which the results of one benchmark differ: their rows don't simply compare.
 */
export function differingFacts(results: readonly BenchmarkResult[]): string[] {
  const facts = results.map(protocolFacts);
  const names = new Set(facts.flatMap((own) => Object.keys(own)));
  return [...names].filter((name) => new Set(facts.map((own) => own[name])).size > 1);
}

/** What tells rows of one model apart: the facts they differ in. Empty where the name is enough. */
export function rowDistinction(
  result: BenchmarkResult,
  results: readonly BenchmarkResult[],
): string {
  const same = results.filter((other) => shownName(other) === shownName(result));
  const facts = protocolFacts(result);
  return differingFacts(same)
    .map((name) => `${name} ${facts[name] ?? "–"}`)
    .join(", ");
}
