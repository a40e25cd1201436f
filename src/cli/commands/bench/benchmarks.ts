import type { Command } from "@commander-js/extra-typings";
import { mepBench } from "../../../bench/mep/asked/benchmark.ts";
import { merUniBench } from "../../../bench/mer-unibench/asked/benchmark.ts";
import { mmeEmotion } from "../../../bench/mme-emotion/asked/benchmark.ts";
import { type BenchmarkEntry, entry } from "./command.ts";
import { mepBuildCommand } from "./mep/build.ts";
import { openEmbeddedResponder } from "./mep/embedded.ts";
import { embedderNames, extractorNamed, openMepEmbedder } from "./mep/tools.ts";

export const mep = mepBench({
  openEmbedder: openMepEmbedder,
  embedderNames,
  extractorNamed,
  openSystem: openEmbeddedResponder,
});

/** Every benchmark that `oppo bench` runs. Adding one is a line here. */
export const benchmarks: readonly BenchmarkEntry[] = [
  entry(mep, { commands: () => [mepBuildCommand() as unknown as Command] }),
  entry(merUniBench),
  entry(mmeEmotion),
];
