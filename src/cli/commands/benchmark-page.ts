import { existsSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import type { BenchmarkResult } from "../../bench/ask/result.ts";
import { OppoError } from "../../core/errors.ts";
import { readJson } from "../../core/files.ts";
import { writeBenchmarkPage } from "../../report/benchmark-page.ts";

/** Puts results of several runs on one page, in the order of the files. */
export function mergePages(files: readonly string[], out: string, title: string): void {
  const results = files.flatMap((file) => {
    if (!existsSync(file)) throw new OppoError("FILE_MISSING", "no such file", { file });
    const own = readJson<BenchmarkResult | BenchmarkResult[]>(file);
    return Array.isArray(own) ? own : [own];
  });
  const wrong = results.findIndex((result) => !Array.isArray(result.sets));
  if (wrong >= 0) {
    throw new OppoError("RESULT_SHAPE", `result ${wrong + 1} has no sets`, {
      hint: "give the results.json files that `oppo bench` writes",
    });
  }
  writeBenchmarkPage(out, { title, results });
}

/** `oppo bench page`. */
export const benchmarkPageCommand = () =>
  new Command("page")
    .description("one HTML page of several runs' results.json")
    .argument("<results...>", "results.json files, in the order of the rows")
    .option("--out <file>", "page to write", "benchmarks.html")
    .option("--title <text>", "heading of the page", "Benchmarks")
    .action((files, { out, title }) => {
      mergePages(files, out, title);
      process.stdout.write(`${out}\n`);
    });
