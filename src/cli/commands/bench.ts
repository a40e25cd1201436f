import { Command } from "@commander-js/extra-typings";
import { benchmarks } from "./bench/benchmarks.ts";
import { type BenchmarkEntry, benchmarkCommand } from "./bench/command.ts";
import { benchmarkPageCommand } from "./benchmark-page.ts";

/** `oppo bench`: benchmarks of models, one sub-command each. */
export function benchCommand(entries: readonly BenchmarkEntry[] = benchmarks) {
  const command = new Command("bench")
    .description("benchmarks of models")
    .enablePositionalOptions();
  for (const one of entries) command.addCommand(benchmarkCommand(one));
  return command.addCommand(benchmarkPageCommand());
}
