import { Command, Option } from "@commander-js/extra-typings";
import type { Benchmark, OptionSpec } from "../../../bench/port.ts";
import type { BenchmarkView } from "../../../report/benchmark-view.ts";
import { given } from "../../given.ts";
import { cosine, wholeNumber } from "../../numbers.ts";
import { addAskingOptions, addJudgeOptions, addModelOptions } from "./model/model-options.ts";
import { type RunOptions, runBenchmark } from "./run-benchmark.ts";

/** A benchmark with what belongs to its command and page. */
export interface BenchmarkEntry {
  benchmark: Benchmark<never>;
  /** Commands below its own, such as one that builds its items. */
  commands?(): Command[];
  /** How pages show it, where it is not by sets and their main metric. */
  view?: BenchmarkView;
}

export const entry = <Own extends object>(
  benchmark: Benchmark<Own>,
  more: Omit<BenchmarkEntry, "benchmark"> = {},
): BenchmarkEntry => ({ ...more, benchmark: benchmark as Benchmark<never> });

/** `oppo bench <id>`, built from the benchmark's record. */
export function benchmarkCommand({ benchmark, commands, view }: BenchmarkEntry): Command {
  const { id, description, options, ownAsking } = benchmark;
  const command = new Command(id).description(description) as unknown as Command;
  for (const spec of options) command.addOption(optionOf(spec));
  const below = commands?.() ?? [];
  // Their options and its own share names.
  if (below.length > 0) command.enablePositionalOptions();
  const asking = addModelOptions(command);
  addJudgeOptions(ownAsking ? asking : addAskingOptions(asking));
  command.action(async (chosen) => {
    await runBenchmark(benchmark, given<RunOptions>(chosen) as RunOptions & never, view);
  });
  for (const one of below) command.addCommand(one);
  return command;
}

const readers = {
  count: wholeNumber(1),
  cosine,
  cosines: (text: string): number[] => text.split(",").map(cosine),
};

function optionOf(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.description) as unknown as Option;
  if (spec.choices !== undefined) option.choices(spec.choices);
  if (spec.reads !== undefined) option.argParser<unknown>(readers[spec.reads]);
  if (spec.default !== undefined) option.default(spec.default);
  return option;
}
