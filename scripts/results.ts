import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gapClosed, gapMetrics } from "../src/bench/mep/oracle/gap.ts";
import type { MepResult } from "../src/bench/mep/oracle/result.ts";
import { metricById, tableColumns } from "../src/bench/mep/oracle/table.ts";
import { readJson } from "../src/core/files.ts";
import { mean, standardDeviation } from "../src/core/stats.ts";
import { runLayout } from "../src/runs/layout.ts";
import { readStop, weightsOf } from "../src/runs/stopped.ts";

/**
 * Aggregates finished runs: `npm run results -- runs/demo-seed1 runs/demo-seed2 …` prints a
 * Markdown table of mean ± sample sd over the runs, per system, and below it how much of the gap to
 * the ceiling each closed, where the runs have one. With one run the sd is left out.
 */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write("usage: npm run results -- RUN_FOLDER…\n");
  process.exit(2);
}

const [start, ceiling] = ["cold-start", "ceiling"] as const;
const systems = systemsOf(folders);
const results = new Map(systems.map((system) => [system, folders.map(resultOf(system))]));
const notes: string[] = [];

const scores = systems.map((system) => [
  labelOf(system),
  ...tableColumns.map((id) => cell(id, valuesOf(system, id))),
]);
write([["", ...tableColumns.map(label)], ...scores]);
const gaps = gapColumns();
if (gaps.length > 0) write([["gap closed", ...gapMetrics.map(label)], ...gaps]);
process.stdout.write(`${folders.length} run(s): ${folders.join(", ")}\n`);
for (const note of [...notes, ...stopNotes()]) process.stdout.write(`${note}\n`);

/** Systems evaluated in some run: the cold start, variants as they were trained, the ceiling. */
function systemsOf(runs: readonly string[]): string[] {
  const config = readJson<{ variants: Record<string, unknown> }>(join(runs[0]!, "config.json"));
  const known = [start, ...Object.keys(config.variants), ceiling];
  const found = new Set(runs.flatMap((run) => readdirSync(run).filter(measured(run))));
  return known.filter((name) => found.has(name));
}

function measured(run: string): (system: string) => boolean {
  return (system) => existsSync(join(run, system, "evaluation.json"));
}

function resultOf(system: string): (run: string) => MepResult | undefined {
  return (run) => {
    if (measured(run)(system)) return readJson<MepResult>(join(run, system, "evaluation.json"));
    notes.push(`${system} is not measured in ${run}`);
    return undefined;
  };
}

function valuesOf(system: string, id: string): (number | null | undefined)[] {
  return results.get(system)!.map((result) => result?.estimates[id]?.value);
}

/** Shares of the gap between cold start and ceiling, run by run, then averaged. */
function gapColumns(): string[][] {
  const [starts, ceilings] = [results.get(start), results.get(ceiling)];
  if (starts === undefined || ceilings === undefined) return [];
  return systems
    .filter((system) => system !== start && system !== ceiling)
    .map((system) => {
      const shares = results.get(system)!.map((result, run) => {
        const [from, to] = [starts[run], ceilings[run]];
        return result && from && to ? gapClosed([result], from, to)[0]! : {};
      });
      const of = (id: string) => shares.map((share) => share[id]);
      return [system, ...gapMetrics.map((id) => cell(id, of(id), 0))];
    });
}

function cell(
  id: string,
  all: readonly (number | null | undefined)[],
  digits = metricById(id).unit === "percent" ? 1 : 2,
): string {
  const values = all.filter((value): value is number => typeof value === "number");
  if (values.length === 0) return digits === 0 ? "–" : metricById(id).nothing;
  const centre = mean(values).toFixed(digits);
  const missing = values.length < all.length ? ` (${values.length} of ${all.length})` : "";
  return values.length === 1
    ? `${centre}${missing}`
    : `${centre} ± ${standardDeviation(values).toFixed(digits)}${missing}`;
}

function label(id: string): string {
  const { label: text, unit } = metricById(id);
  return unit === "percent" ? `${text} %` : text;
}

function labelOf(system: string): string {
  if (system === ceiling) return `${ceiling} (trained on truth)`;
  const stops = folders.filter((run) => readStop(runLayout(run).system(system)));
  return stops.length === 0
    ? system
    : `${system} (stopped in ${stops.length} of ${folders.length})`;
}

/** Where a guard ended a training, and which weights the numbers are of. */
function stopNotes(): string[] {
  return systems.flatMap((system) =>
    folders.flatMap((run) => {
      const layout = runLayout(run).system(system);
      const [stop, weights] = [readStop(layout), weightsOf(layout)];
      if (stop === undefined) return [];
      return `${run}: ${system}, weights after step ${weights?.checkpoint}; ${stop.code} at ${stop.message}`;
    }),
  );
}

/** Systems as rows where there are many, else side by side, which reads best. */
function write(grid: readonly string[][]): void {
  const rows =
    systems.length > 6 ? grid : grid[0]!.map((_, row) => grid.map((column) => column[row]!));
  const rule = rows[0]!.map((_, column) => (column === 0 ? "---" : "---:"));
  process.stdout.write(`${[rows[0]!, rule, ...rows.slice(1)].map(line).join("\n")}\n\n`);
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
