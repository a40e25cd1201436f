import type { Command } from "@commander-js/extra-typings";
import { mepBench } from "../../../bench/mep/asked/benchmark.ts";
import { mepPaperBench } from "../../../bench/mep/paper/benchmark.ts";
import { merUniBench } from "../../../bench/mer-unibench/asked/benchmark.ts";
import { mmeEmotion } from "../../../bench/mme-emotion/asked/benchmark.ts";
import { type BenchmarkEntry, entry } from "./command.ts";
import { mepBuildCommand } from "./mep/build.ts";
import { openEmbeddedResponder } from "./mep/embedded.ts";
import { embedderNames, extractorNamed, openMepEmbedder } from "./mep/tools.ts";
import { mepPaperBuildCommand } from "./mep-paper/build.ts";

const mepTools = {
  openEmbedder: openMepEmbedder,
  embedderNames,
  extractorNamed,
  openSystem: openEmbeddedResponder,
};

export const mep = mepBench(mepTools);
const mepPaper = mepPaperBench(mepTools);

/** Every benchmark that `oppo bench` runs. Adding one is a line here. */
export const benchmarks: readonly BenchmarkEntry[] = [
  entry(mep, { commands: () => [mepBuildCommand() as unknown as Command] }),
  entry(mepPaper, { commands: () => [mepPaperBuildCommand() as unknown as Command] }),
  entry(merUniBench),
  entry(mmeEmotion),
];
