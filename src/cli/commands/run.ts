import { basename, extname, resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { ConfigError } from "../../core/errors.ts";
import { syntheticSource } from "../../corpus/source.ts";
import {
  coldStartFlag,
  columnsHelp,
  type ListFlags,
  listFlags,
  readOptionsOf,
} from "../list-options.ts";
import {
  experimentCommand,
  jobsOption,
  readConfig,
  readExperiment,
  shipped,
} from "./experiment.ts";
import { runExperiment } from "./experiment-run.ts";

/** Which clips, and how their list is read. */
interface DataChoice extends ListFlags {
  data?: string | undefined;
  /** Name of the run folder; default: the list's. */
  name?: string | undefined;
  /** `data.split.sft`. */
  coldStart?: number | undefined;
}

/** `oppo run`: the whole experiment on one's own clips. */
export function runCommand() {
  const command = experimentCommand(
    "run",
    "the whole experiment on your own clips, from a list to a report; resumes where it was",
    "run",
  )
    .option("--data <list>", "list of clips (.jsonl, .csv, .tsv, .json), or a folder")
    .option("--name <name>", "name of the run folder (default: the list's)")
    .addOption(
      new Option("--quick", "small: shows that everything fits, teaches little").conflicts(
        "config",
      ),
    )
    .addOption(jobsOption())
    .addHelpText("after", columnsHelp);
  for (const flag of listFlags()) command.addOption(flag);
  return command.addOption(coldStartFlag()).action(async ({ quick, config, set, ...options }) => {
    const own = Array.isArray(set) ? set : [];
    const choice = {
      ...options,
      config: quick ? shipped("run-quick") : config,
      set: [...dataOverrides(options), ...own],
    };
    if (readConfig(choice).data.source === syntheticSource.kind) {
      throw new ConfigError("RUN_NO_DATA", "no clips are named", {
        hint: "--data LIST, or a data section in --config; `oppo demo` draws clips of its own",
      });
    }
    await runExperiment(await readExperiment(choice), options);
  });
}

/**
 * The `data` section that options describe, as overrides of the experiment file; none without
 * `--data`.
 * @throws ConfigError `DATA_OPTION` for options that say something of a list that is not named.
 */
export function dataOverrides({ data: list, name, coldStart, ...flags }: DataChoice): string[] {
  const read = readOptionsOf(flags);
  if (list === undefined) {
    const { columns, features, ...rest } = read;
    if (
      coldStart === undefined &&
      [columns, features, rest].every((part) => Object.keys(part ?? {}).length === 0)
    ) {
      return name === undefined ? [] : [`name=${name}`];
    }
    throw new ConfigError("DATA_OPTION", "options say how a list is read, and no list is named", {
      hint: "name it with --data",
    });
  }
  const absolute = (paths: object): object =>
    Object.fromEntries(Object.entries(paths).map(([key, path]) => [key, resolve(path as string)]));
  const { columns, features = {}, format, ...folders } = read;
  const section = {
    source: "list",
    list: resolve(list),
    ...(format !== undefined && { format }),
    columns,
    ...absolute(folders),
    features: absolute(features),
    ...(coldStart !== undefined && { split: { sft: coldStart } }),
  };
  return [`name=${name ?? nameOf(list)}`, `data=${JSON.stringify(section)}`];
}

/** A run is called after its list: letters, digits and the few marks that every system allows. */
function nameOf(list: string): string {
  const path = resolve(list);
  const base = basename(path, extname(path)).replaceAll(/[^\w.-]+/g, "-");
  return base.replaceAll(/^[-.]+|[-.]+$/g, "") || "run";
}
