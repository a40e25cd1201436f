import { fileURLToPath } from "node:url";
import { Command, Option } from "@commander-js/extra-typings";
import { loadConfig } from "../../config/load.ts";
import { type Experiment, experimentOptions } from "../../config/schema.ts";

const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../../configs/${name}.yaml`, import.meta.url));

/** A command that works on one experiment: `--config`, `--set path=value`, `--seed`, `--runs`. */
export function experimentCommand(name: string, description: string) {
  return new Command(name)
    .description(description)
    .option("-c, --config <file>", "experiment file (default: the demo's)", shipped("demo"))
    .option("--set <path=value...>", "override single fields, for example rl.steps=20", [])
    .addOption(
      new Option("--seed <number>", "seed; the run folder's name gets it too").argParser(Number),
    )
    .option("--runs <folder>", "where run folders lie", "runs");
}

/** The experiment that the options describe. */
export function readExperiment(options: {
  config: string;
  set: string[] | boolean;
  seed?: number | undefined;
}): Experiment {
  const overrides = Array.isArray(options.set) ? options.set : [];
  const seeded = options.seed === undefined ? [] : [`seed=${options.seed}`];
  const experiment = loadConfig(options.config, experimentOptions, [...overrides, ...seeded]);
  if (options.seed === undefined) return experiment;
  return { ...experiment, name: `${experiment.name}-seed${options.seed}` };
}

export const quickConfig = shipped("quick");
