import {
  differencesOverSeeds,
  estimatesOverSeeds,
  type OverSeeds,
} from "../../../src/bench/printed/over-seeds.ts";
import type { Difference, Estimate } from "../../../src/core/ratio.ts";
import type { Measured, RunMeasured } from "../result.ts";

export const estimate = (runs: readonly RunMeasured[], of: (run: RunMeasured) => Estimate) =>
  estimatesOverSeeds(runs.map(of));
export const difference = (runs: readonly RunMeasured[], of: (run: RunMeasured) => Difference) =>
  differencesOverSeeds(runs.map(of));

/** Systems trained from the cold start whose passes were read. */
export const trained = ({ systems, runs }: Measured): readonly string[] =>
  systems.filter((system) => runs.every(({ masked }) => system in masked));

/** `mean ± sd` over the runs; of one run its value with the interval over clips. */
export function cell(
  { mean, sd, seeds }: OverSeeds<Estimate> | OverSeeds<Difference>,
  digits = 1,
): string {
  if (mean === null) return "–";
  if (sd !== null) return `${mean.toFixed(digits)} ± ${sd.toFixed(digits)}`;
  const { low = null, high = null } = seeds[0] ?? {};
  const interval = [low, high].map((end) => end?.toFixed(digits) ?? "–").join(", ");
  return `${mean.toFixed(digits)} [${interval}]`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = line(head.map((_, column) => (column === 0 ? "---" : "---:")));
  return [line(head), rule, ...rows.map(line)].join("\n");
}
