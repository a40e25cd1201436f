import { join } from "node:path";
import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import { writeFileAtomic, writeJson } from "../../../core/files.ts";
import { writeBenchmarkPage } from "../../../report/benchmark-page.ts";
import { benchmarkMarkdown } from "../../../report/benchmark-table.ts";
import { type BenchmarkViews, benchmarkViews } from "../../../report/benchmark-view.ts";

/**
 * Writes results.json, results.md and results.html; prints the table. `name` is what rows are
 * called.
 */
export function writeResults(
  folder: string,
  unnamed: readonly BenchmarkResult[],
  name?: string,
  views: BenchmarkViews = benchmarkViews,
): void {
  const several = new Set(unnamed.map(({ model }) => model)).size > 1;
  const results = unnamed.map((result) =>
    name === undefined ? result : { ...result, name: several ? `${name}, ${result.model}` : name },
  );
  writeJson(join(folder, "results.json"), results);
  const table = benchmarkMarkdown(results, views);
  writeFileAtomic(join(folder, "results.md"), table);
  writeBenchmarkPage(join(folder, "results.html"), { title: "Benchmarks", results, views });
  process.stdout.write(`${table}\n${join(folder, "results.html")}\n`);
}
