import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, Option } from "@commander-js/extra-typings";
import { loadConfig, pathOf } from "../../config/load.ts";
import { type Experiment, experimentSchema } from "../../config/schema.ts";
import { ConfigError } from "../../core/errors.ts";
import { sayWhenStopped } from "../interrupt.ts";
import { wholeNumber } from "../numbers.ts";
import { dataSection, openSource, sourceNamed } from "../sources.ts";
import { drawnShare, sizedDefaults } from "../stages/sizes.ts";
import { learnable } from "../stages/unlabelled.ts";
import { layoutOf } from "../workspace.ts";

/** Path of an experiment file that comes with the project. */
export const shipped = (name: string): string =>
  fileURLToPath(new URL(`../../../configs/${name}.yaml`, import.meta.url));

export const quickConfig = shipped("quick");

/** A command that works on one experiment: `--config`, `--set path=value`, `--seed`, `--runs`. */
export function experimentCommand(name: string, description: string, config = "demo") {
  return new Command(name)
    .description(description)
    .option("-c, --config <file>", "experiment file", shipped(config))
    .option("--set <path=value...>", "override single fields, for example rl.steps=20", [])
    .addOption(
      new Option("--seed <number>", "seed; the run folder's name gets it too").argParser(
        wholeNumber(0),
      ),
    )
    .option("--runs <folder>", "where run folders lie", "runs")
    .hook("preAction", sayWhenStopped);
}

/** How much of a whole experiment is done at once. */
export const jobsOption = () =>
  new Option(
    "--jobs <stages>",
    "stages at a time, each in a process of its own; 1: one after another (default: one a core, as memory allows)",
  ).argParser(wholeNumber(1));

/** What the options of an experiment's command come to. */
export interface ExperimentChoice {
  config: string;
  set: string[] | boolean;
  seed?: number | undefined;
  runs: string;
}

/**
 * The experiment that the options describe. Where its clips are a user's, settings that neither
 * file nor options give follow from how many there are (`sizedDefaults`), so its source is opened
 * here.
 */
export async function readExperiment(options: ExperimentChoice): Promise<Experiment> {
  const plain = readConfig(options);
  if (sourceNamed(plain.data.source).section !== undefined) return plain;
  const { rows } = await openSource(plain, layoutOf(plain, options.runs).root);
  const experiment = readConfig(options, sizedDefaults(rows, plain));
  refuseTwoShares(experiment, drawnShare(rows).share);
  return learnable(experiment, rows);
}

/** Training clips are divided once: what a drawn division came to stands where nothing is given. */
function refuseTwoShares({ sft }: Experiment, drawn: number | undefined): void {
  if (drawn === undefined || sft.share === drawn) return;
  throw new ConfigError(
    "SFT_SHARE_TWICE",
    `data.split.sft divides the training clips, and so would sft.share ${sft.share}`,
    { path: "sft.share", hint: "leave one of the two out" },
  );
}

/** The experiment as file and options say it; `defaults` stand beneath both. */
export function readConfig(
  { config, set, seed }: Omit<ExperimentChoice, "runs">,
  defaults: object = {},
): Experiment {
  const overrides = Array.isArray(set) ? set : [];
  const all = [...overrides, ...(seed === undefined ? [] : [`seed=${seed}`])];
  const experiment = loadConfig(config, experimentSchema(dataSection()), all, defaults);
  const { name } = experiment;
  return {
    ...experiment,
    name: seed === undefined ? name : `${name}-seed${seed}`,
    data: placed(experiment.data, config, all),
  };
}

/**
 * Paths made absolute: those of the file are relative to it, those of options to where one stands.
 */
function placed(
  section: Experiment["data"],
  config: string,
  overrides: readonly string[],
): Experiment["data"] {
  const data = { ...section };
  for (const name of sourceNamed(data.source).paths) {
    const typed = overrides.some((override) => `data.${name}`.startsWith(pathOf(override)));
    const at = (path: string) => (typed ? resolve(path) : resolve(dirname(config), path));
    replaceIn(data, name.split("."), at);
  }
  return data;
}

function replaceIn(section: object, [key, ...rest]: string[], make: (text: string) => string) {
  const parent = section as Record<string, unknown>;
  const value = key === undefined ? undefined : parent[key];
  if (typeof value === "string" && rest.length === 0) parent[key!] = make(value);
  if (typeof value === "object" && value !== null) {
    parent[key!] = { ...value };
    replaceIn(parent[key!] as object, rest, make);
  }
}
