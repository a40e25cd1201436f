import { join } from "node:path";
import type { BenchmarkResult } from "../../../bench/run/result.ts";
import { writeFileAtomic, writeJson } from "../../../core/files.ts";
import { writeBenchmarkPage } from "../../../report/benchmark-page.ts";
import { benchmarkMarkdown } from "../../../report/benchmark-table.ts";

/** Writes results.json, results.md and results.html; prints the table. */
export function writeResults(folder: string, results: readonly BenchmarkResult[]): void {
  writeJson(join(folder, "results.json"), results);
  const table = benchmarkMarkdown(results);
  writeFileAtomic(join(folder, "results.md"), table);
  writeBenchmarkPage(join(folder, "results.html"), { title: "Benchmarks", results });
  process.stdout.write(`${table}\n${join(folder, "results.html")}\n`);
}
