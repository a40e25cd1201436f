import { BenchError } from "../../../core/errors.ts";
import { columns } from "./columns.ts";
import type { Metric } from "./metric.ts";
import { metrics } from "./metrics.ts";
import type { Estimate, SystemScores } from "./result.ts";

/** Metric ids of the one table's columns. */
export const tableColumns: readonly string[] = columns.map(({ id }) => id);

export interface TableOptions {
  /** Metric ids. */
  columns?: readonly string[];
  /** Show the floors of each system below it. */
  controls?: boolean;
  /** Characters per line on the console; columns that don't fit go into a further block. */
  width?: number;
}

/** A row's name, its cells as text, one per column. */
export interface TableRow {
  name: string;
  cells: string[];
}

export function metricById(id: string): Metric {
  const metric = metrics.find((candidate) => candidate.id === id);
  if (metric === undefined) {
    throw new BenchError("METRIC_UNKNOWN", `there is no metric '${id}'`, {
      hint: `known: ${metrics.map((known) => known.id).join(", ")}`,
    });
  }
  return metric;
}

/**
 * "47.1 [43, 51]"; percentages to one decimal, counts to two. "no claims" where nothing was
 * counted.
 */
export function formatEstimate(metric: Metric, estimate: Estimate | undefined): string {
  if (estimate === undefined) return "–";
  const value = formatValue(metric, estimate.value);
  const inner = metric.unit === "percent" ? 0 : 1;
  if (estimate.low === null || estimate.high === null) return value;
  return `${value} [${number(estimate.low, inner)}, ${number(estimate.high, inner)}]`;
}

/** A metric's value: percentages to one decimal, counts to two, never "-0". */
export function formatValue(metric: Metric, value: number | null): string {
  if (value === null) return metric.nothing;
  return number(value, metric.unit === "percent" ? 1 : 2);
}

export function tableRows(systems: readonly TableSystem[], options: TableOptions = {}): TableRow[] {
  const columns = (options.columns ?? tableColumns).map(metricById);
  return systems
    .flatMap((system) => [system, ...(options.controls === true ? (system.controls ?? []) : [])])
    .map((scores) => ({
      name: scores.name,
      cells: columns.map((metric) => formatEstimate(metric, scores.estimates[metric.id])),
    }));
}

/** A result, or any scores without controls. */
export type TableSystem = SystemScores & { controls?: readonly SystemScores[] };

/** Aligned text with a two-line head, for a terminal. */
export function consoleTable(systems: readonly TableSystem[], options: TableOptions = {}): string {
  const columns = (options.columns ?? tableColumns).map(metricById);
  const rows = tableRows(systems, options);
  const nameWidth = Math.max(...rows.map((row) => row.name.length));
  const cells = columns.map((metric, column) => {
    const lines = [...headLines(metric), ...rows.map((row) => row.cells[column]!)];
    const width = Math.max(...lines.map((line) => line.length));
    return lines.map((line) => line.padStart(width));
  });
  const names = ["", "", ...rows.map((row) => row.name)].map((name) => name.padEnd(nameWidth));
  return blocks(cells, (options.width ?? 120) - nameWidth)
    .map((block) =>
      names.map((name, line) => [name, ...block.map((cell) => cell[line]!)].join("  ").trimEnd()),
    )
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

/** The same table in Markdown. */
export function markdownTable(systems: readonly TableSystem[], options: TableOptions = {}): string {
  const columns = (options.columns ?? tableColumns).map(metricById);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(["", ...columns.map((metric) => headLines(metric).join(" ").trim())]),
    line(["---", ...columns.map(() => "---:")]),
    ...tableRows(systems, options).map((row) => line([row.name, ...row.cells])),
  ].join("\n");
}

/** "recall," / "visual %": label broken in two, with its unit. */
function headLines(metric: Metric): [string, string] {
  const words = metric.label.split(" ");
  const cut = Math.ceil(words.length / 2);
  const unit = metric.unit === "percent" ? " %" : "";
  if (words.length === 1) return ["", `${metric.label}${unit}`];
  return [words.slice(0, cut).join(" "), `${words.slice(cut).join(" ")}${unit}`];
}

function blocks(columns: readonly string[][], width: number): string[][][] {
  const out: string[][][] = [[]];
  let used = 0;
  for (const column of columns) {
    const need = column[0]!.length + 2;
    if (used + need > width && out.at(-1)!.length > 0) {
      out.push([]);
      used = 0;
    }
    out.at(-1)!.push(column);
    used += need;
  }
  return out;
}

/** Fixed decimals without "-0". */
function number(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
