import type { BenchmarkResult, MetricResult } from "../bench/ask/result.ts";
import {
  type BenchmarkGroup,
  countedSets,
  formatInterval,
  formatMetric,
  partOfSets,
  rowDistinction,
  shownName,
} from "./benchmark-format.ts";

/** "@" stands for the headline threshold. */
const mepColumns = [
  "utilization@",
  "recall-visual@",
  "recall-acoustic@",
  "shuffled@",
  "claims-visual",
  "claims-acoustic",
  "probe-masked",
  "probe-present",
  "probe-pair",
  "probe-absent",
  "masked-share-visual",
  "masked-share-acoustic",
];

/** Models as rows, data sets as columns: the main metric with its interval. */
export function setsMarkdown(group: BenchmarkGroup): string {
  const { results } = group;
  const sets = [...new Set(results.flatMap((result) => result.sets.map(({ name }) => name)))];
  const whole = results.some(({ overall = [] }) => overall.length > 0);
  const overall = (result: BenchmarkResult) =>
    [cell(result.overall?.[0]), partOfSets(result, sets)].filter((part) => part).join(", ");
  const rows = results.map((result) => [
    name(result, results),
    ...sets.map((name) => cell(result.sets.find((set) => set.name === name)?.metrics[0])),
    ...(whole ? [overall(result)] : []),
    counts(group, result),
  ]);
  const head = ["model", ...sets, ...(whole ? ["overall"] : []), "asked / failed / unreadable"];
  const main = table(head, rows);
  return `${main}${overallTable(results)}`;
}

/** Numbers over all sets, besides the one in the table above. */
function overallTable(results: readonly BenchmarkResult[]): string {
  const labels = [...new Set(results.flatMap(({ overall = [] }) => overall.map(({ id }) => id)))];
  if (labels.length < 2) return "";
  const metric = (result: BenchmarkResult, id: string) =>
    result.overall?.find((one) => one.id === id);
  const head = labels.map(
    (id) => results.map((one) => metric(one, id)?.label).find((l) => l) ?? id,
  );
  const rows = results.map((result) => [
    name(result, results),
    ...labels.map((id) => cell(metric(result, id))),
  ]);
  return `\n\n${table(["model, over all sets", ...head], rows)}`;
}

/** Models as rows, MEP-Bench's main numbers as columns. */
export function mepMarkdown(group: BenchmarkGroup): string {
  const { results } = group;
  const metric = (result: BenchmarkResult, id: string) => {
    const full = id.endsWith("@") ? `${id}${result.protocol.settings.headline}` : id;
    return result.sets[0]?.metrics.find((candidate) => candidate.id === full);
  };
  const head = mepColumns.map(
    (id) => results.map((result) => metric(result, id)?.label).find((label) => label) ?? id,
  );
  const rows = results.map((result) => [
    name(result, results),
    ...mepColumns.map((id) => cell(metric(result, id))),
    counts(group, result),
  ]);
  return table(["model", ...head, "asked / failed / unreadable"], rows);
}

function name(result: BenchmarkResult, results: readonly BenchmarkResult[]): string {
  const distinction = rowDistinction(result, results);
  return distinction === "" ? shownName(result) : `${shownName(result)} (${distinction})`;
}

function cell(metric: MetricResult | undefined): string {
  const range = formatInterval(metric);
  return range === null ? formatMetric(metric) : `${formatMetric(metric)} [${range}]`;
}

function counts(group: BenchmarkGroup, result: BenchmarkResult): string {
  const own = countedSets(group, result);
  const sum = (of: "asked" | "failed" | "unparseable") =>
    own.reduce((total, set) => total + set.counts[of], 0);
  return `${sum("asked")} / ${sum("failed")} / ${sum("unparseable")}`;
}

const line = (cells: readonly string[]): string =>
  `| ${cells.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    line(head),
    line(head.map((_, index) => (index === 0 ? "---" : "---:"))),
    ...rows.map(line),
  ].join("\n");
