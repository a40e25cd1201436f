import { BenchError } from "../../src/core/errors.ts";
import type { Spread } from "./statistics.ts";

/** A Markdown table; columns after the first are aligned right. Cells must not hold line breaks. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const rule = head.map((_, column) => (column === 0 ? "---" : "---:"));
  return [head, rule, ...rows].map((row) => `| ${row.map(escaped).join(" | ")} |`).join("\n");
}

const escaped = (cell: string): string => cell.replaceAll("|", "\\|");

/** Three significant digits, no exponent: 0.0123, 1.23, 12.3, 123, 12345. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value === 0 ? "0" : Number(value.toPrecision(3)).toString();
}

/** `70 (68–75)`: median and quartiles. */
export function withSpread({ median, low, high, rounds }: Spread): string {
  if (rounds === 0) return "–";
  return rounds === 1
    ? shortNumber(median)
    : `${shortNumber(median)} (${shortNumber(low)}–${shortNumber(high)})`;
}

/** `1.52×`, with quartiles where there are rounds. */
export function times({ median, low, high, rounds }: Spread): string {
  if (rounds === 0) return "–";
  const range = rounds > 1 ? ` (${low.toFixed(2)}–${high.toFixed(2)})` : "";
  return `${median.toFixed(2)}×${range}`;
}

export const marker = {
  begin: "<!-- measured: begin (written by `npm run bench:engine`, do not edit) -->",
  end: "<!-- measured: end -->",
} as const;

/**
 * The text with everything between the two markers replaced.
 * @throws BenchError when the markers are not there once each, in order.
 */
export function replaceMeasured(text: string, measured: string, file: string): string {
  const [before, rest, ...more] = text.split(marker.begin);
  const [old, after, ...evenMore] = (rest ?? "").split(marker.end);
  if (old === undefined || after === undefined || more.length + evenMore.length > 0) {
    throw new BenchError(
      "MEASURED_MARKERS",
      "the two markers of the measured part are not there once",
      {
        file,
        hint: `put '${marker.begin}' and '${marker.end}' where the tables belong`,
      },
    );
  }
  return `${before}${marker.begin}\n\n${measured.trim()}\n\n${marker.end}${after}`;
}
