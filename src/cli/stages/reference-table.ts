import type { ReferenceResult } from "../../bench/mep/reference/evaluate.ts";
import type { Estimate } from "../../core/ratio.ts";
import { type ReferenceColumn, referenceColumns } from "../../report/reference-columns.ts";

/** Numbers of the reference track, a row each, systems side by side. */
export function referenceTable(results: readonly ReferenceResult[]): string[][] {
  const columns = referenceColumns(results[0]!);
  return [
    ["", ...results.map(({ name }) => name)],
    ...columns.map((column) => [
      `${column.group.toLowerCase()}, ${column.label}${column.unit === "percent" ? " %" : ""}`,
      ...results.map(({ estimates }) => cell(column, estimates[column.id])),
    ]),
    [
      "recall above other clip, points",
      ...results.map(({ aboveFloor: { difference, low, high } }) =>
        interval(difference, low, high, 1),
      ),
    ],
  ];
}

const cell = ({ unit }: ReferenceColumn, estimate: Estimate | undefined): string =>
  estimate === undefined
    ? "–"
    : interval(estimate.value, estimate.low, estimate.high, unit === "percent" ? 1 : 2);

function interval(
  value: number | null,
  low: number | null,
  high: number | null,
  digits: number,
): string {
  if (value === null) return "–";
  const [whole, from, to] = [value, low ?? value, high ?? value].map((number) => {
    const text = number.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text;
  });
  return `${whole} [${from}, ${to}]`;
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((text, at) => (at === 0 ? text.padEnd(widths[at]!) : text.padStart(widths[at]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function markdown([head, ...rows]: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head!.map((_, column) => (column === 0 ? "---" : "---:"));
  return [line(head!), line(rule), ...rows.map(line)].join("\n");
}
