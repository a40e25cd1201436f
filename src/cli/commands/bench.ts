import { Command } from "@commander-js/extra-typings";
import { mepCommand } from "./bench/mep/run.ts";
import { merUniBenchCommand } from "./bench/mer-unibench.ts";
import { mmeEmotionCommand } from "./bench/mme-emotion.ts";
import { benchmarkPageCommand } from "./benchmark-page.ts";

/** `oppo bench`: benchmarks of models, one sub-command each. */
export const benchCommand = () =>
  new Command("bench")
    .description("benchmarks of models")
    .enablePositionalOptions()
    .addCommand(mepCommand())
    .addCommand(merUniBenchCommand())
    .addCommand(mmeEmotionCommand())
    .addCommand(benchmarkPageCommand());
