import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { MepResult } from "../src/bench/mep/oracle/result.ts";
import { metricById, tableColumns } from "../src/bench/mep/oracle/table.ts";
import { readJson } from "../src/core/files.ts";
import { mean, standardDeviation } from "../src/core/stats.ts";

/**
 * Aggregates finished runs: `npm run results -- runs/demo-seed1 runs/demo-seed2 …` prints a
 * Markdown table of mean ± sample sd over the runs, per system. With one run the sd is left out.
 */
const folders = process.argv.slice(2);
if (folders.length === 0) {
  process.stderr.write("usage: npm run results -- RUN_FOLDER…\n");
  process.exit(2);
}

const systems = systemsOf(folders[0]!);
const columns = systems.map((system) => {
  const results = folders.map((folder) =>
    readJson<MepResult>(join(folder, system, "evaluation.json")),
  );
  return [system, ...tableColumns.map((id) => cell(results, id))];
});
const grid = [["", ...tableColumns.map(label)], ...columns];
// Few systems read best side by side, many as rows.
const rows =
  systems.length > 4 ? grid : grid[0]!.map((_, row) => grid.map((column) => column[row]!));
const rule = rows[0]!.map((_, column) => (column === 0 ? "---" : "---:"));
process.stdout.write(`${[rows[0]!, rule, ...rows.slice(1)].map(line).join("\n")}\n`);
process.stdout.write(`\n${folders.length} run(s): ${folders.join(", ")}\n`);

/** Evaluated systems, the cold start first, the others as they were trained. */
function systemsOf(folder: string): string[] {
  const config = readJson<{ variants: Record<string, unknown> }>(join(folder, "config.json"));
  const known = ["cold-start", ...Object.keys(config.variants)];
  const found = readdirSync(folder);
  return known.filter(
    (name) => found.includes(name) && existsSync(join(folder, name, "evaluation.json")),
  );
}

function cell(results: readonly MepResult[], id: string): string {
  const values = results
    .map((result) => result.estimates[id]?.value)
    .filter((value): value is number => typeof value === "number");
  if (values.length === 0) return metricById(id).nothing;
  const digits = metricById(id).unit === "percent" ? 1 : 2;
  const centre = mean(values).toFixed(digits);
  const missing = values.length < results.length ? ` (${values.length} of ${results.length})` : "";
  return values.length === 1
    ? `${centre}${missing}`
    : `${centre} ± ${standardDeviation(values).toFixed(digits)}${missing}`;
}

function label(id: string): string {
  const { label: text, unit } = metricById(id);
  return unit === "percent" ? `${text} %` : text;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}
