import "../core/globals.ts";
import { Command } from "@commander-js/extra-typings";
import { OppoError } from "../core/errors.ts";
import { addCommands } from "./commands/index.ts";
import { say } from "./print.ts";

const program = addCommands(
  new Command("oppo")
    .description("Omni-Perception Policy Optimization for multimodal emotion reasoning")
    .version("0.1.0")
    // A command's options and those of commands below it may share names (`bench mep`, `bench mep build`).
    .enablePositionalOptions(),
);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof OppoError)) throw error;
  say(`\n${error.name} ${error.code}: ${error.message}`);
  process.exitCode = 1;
}
