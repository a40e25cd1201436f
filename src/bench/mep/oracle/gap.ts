import { compare } from "./compare.ts";
import type { MepResult } from "./result.ts";
import { metricById } from "./table.ts";

/**
 * Metrics of which "how far from the start to the ceiling" means something: those that complete and
 * true references teach. Answers have hardly any room, and hallucination has no ceiling.
 */
export const gapMetrics: readonly string[] = [
  "recall-visual",
  "recall-acoustic",
  "f1",
  "faithfulness-congruent",
  "faithfulness-conflict",
];

/** Share of a gap in percent by metric; below 0 fell behind, above 100 passed. */
export type GapClosed = Record<string, number | null>;

/**
 * Share of the way from `start` to `ceiling` that each system went: (system − start) / (ceiling −
 * start), percent. `null` where the ceiling is not above the start by more than chance (the 95 %
 * interval of their paired difference reaches 0): a share of nothing can be anything.
 * @throws BenchError `COMPARE_ITEMS`, as `compare`.
 */
export function gapClosed(
  systems: readonly MepResult[],
  start: MepResult,
  ceiling: MepResult,
): GapClosed[] {
  const gaps = compare(ceiling, start);
  return systems.map((system) =>
    Object.fromEntries(gapMetrics.map((id) => [id, shareOf(id, system, start, gaps[id])])),
  );
}

function shareOf(
  id: string,
  system: MepResult,
  start: MepResult,
  gap: ReturnType<typeof compare>[string] | undefined,
): number | null {
  const [value, from] = [system.estimates[id]?.value, start.estimates[id]?.value];
  const room = gap?.difference ?? null;
  if (room === null || (gap?.low ?? 0) <= 0) return null;
  if (typeof value !== "number" || typeof from !== "number") return null;
  return (100 * (value - from)) / room;
}

/** The shares as a table of text: a head, then a row for each system. */
export function gapTable(systems: readonly MepResult[], gaps: readonly GapClosed[]): string[][] {
  return [
    ["gap closed", ...gapMetrics.map((id) => `${metricById(id).label} %`)],
    ...systems.map(({ name }, at) => [name, ...gapMetrics.map((id) => gapText(gaps[at]![id]))]),
  ];
}

/** "31", "−4"; "–" where there is no gap to close. */
export function gapText(share: number | null | undefined): string {
  if (share === null || share === undefined) return "–";
  return share
    .toFixed(0)
    .replace(/^-(?=0$)/, "")
    .replace("-", "−");
}
