import { Command } from "@commander-js/extra-typings";
import { mepCommand } from "./mep/run.ts";

/** `oppo bench`: benchmarks of models, one sub-command each. */
export const benchCommand = () =>
  new Command("bench")
    .description("benchmarks of models")
    .enablePositionalOptions()
    .addCommand(mepCommand());
