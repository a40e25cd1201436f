import "../core/globals.ts";
import { Command } from "@commander-js/extra-typings";
import { addCommands } from "./commands/index.ts";
import { endWithReader, faultText } from "./fault.ts";
import { say } from "./print.ts";

const program = addCommands(
  new Command("oppo")
    .description("Omni-Perception Policy Optimization for multimodal emotion reasoning")
    .version("0.1.0")
    // A command's options and those of commands below it may share names (`bench mep`,
    // `bench mep build`).
    .enablePositionalOptions(),
);

endWithReader(process.stdout);
try {
  await program.parseAsync();
} catch (error) {
  const text = faultText(error);
  if (text === undefined) throw error;
  say(`\n${text}`);
  process.exitCode = 1;
}
