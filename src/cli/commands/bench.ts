import { Command } from "@commander-js/extra-typings";
import { merUniBenchCommand } from "./bench/mer-unibench.ts";
import { mmeEmotionCommand } from "./bench/mme-emotion.ts";
import { benchmarkPageCommand } from "./benchmark-page.ts";
import { mepCommand } from "./mep/run.ts";

/** `oppo bench`: benchmarks of models, one sub-command each. */
export const benchCommand = () =>
  new Command("bench")
    .description("benchmarks of models")
    .enablePositionalOptions()
    .addCommand(mepCommand())
    .addCommand(merUniBenchCommand())
    .addCommand(mmeEmotionCommand())
    .addCommand(benchmarkPageCommand());
