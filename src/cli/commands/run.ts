import { basename, extname, resolve } from "node:path";
import { Option } from "@commander-js/extra-typings";
import { ConfigError } from "../../core/errors.ts";
import { type FieldName, vocabulary } from "../../data/vocabulary.ts";
import { experimentCommand, readExperiment, shipped } from "./experiment.ts";
import { runExperiment } from "./experiment-run.ts";

/** Options that say which clips, and where in their list what stands. */
interface DataChoice {
  data?: string | undefined;
  videos?: string | undefined;
  audios?: string | undefined;
  videoFeatures?: string | undefined;
  audioFeatures?: string | undefined;
  id?: string | undefined;
  text?: string | undefined;
  label?: string | undefined;
  group?: string | undefined;
  subtitle?: string | undefined;
}

const columns = ["id", "text", "label", "group", "subtitle"] as const satisfies FieldName[];

/** `oppo run`: the whole experiment on one's own clips. */
export const runCommand = () =>
  experimentCommand(
    "run",
    "the whole experiment on your own clips, from a list to a report; resumes where it was",
    "run",
  )
    .option("--data <list>", "list of clips (.jsonl, .csv, .tsv, .json), or a folder")
    .option("--videos <folder>", "folder of the films, called as the clips' ids")
    .option("--audios <folder>", "folder of the sounds, where they are files of their own")
    .option("--video-features <path>", "features of the picture made elsewhere: folder or file")
    .option("--audio-features <path>", "features of the sound made elsewhere: folder or file")
    .option("--id <column>", column("id"))
    .option("--text <column>", column("text"))
    .option("--label <column>", column("label"))
    .option("--group <column>", column("group"))
    .option("--subtitle <column>", column("subtitle"))
    .option("--name <name>", "name of the run folder (default: the list's)")
    .addOption(
      new Option("--quick", "small: shows that everything fits, teaches little").conflicts(
        "config",
      ),
    )
    .action(async ({ quick, config, set, ...options }) => {
      const own = Array.isArray(set) ? set : [];
      const choice = {
        ...options,
        config: quick ? shipped("run-quick") : config,
        set: [...dataOverrides(options, options.name), ...own],
      };
      await runExperiment(await readExperiment(choice), options.runs);
    });

const column = (field: FieldName): string => `column of ${field}: ${vocabulary[field].meaning}`;

/**
 * The `data` section that options describe, as an override of the experiment file; none without `--data`.
 * @throws ConfigError `DATA_OPTION` for options that say something of a list that is not named.
 */
export function dataOverrides(choice: DataChoice, name: string | undefined): string[] {
  const { data: list, videos, audios, videoFeatures, audioFeatures } = choice;
  const named = name === undefined ? [] : [`name=${name}`];
  if (list === undefined) {
    const { data: _, ...rest } = choice;
    const stray = [...columns, "videos", "audios", "videoFeatures", "audioFeatures"].find(
      (option) => rest[option as keyof typeof rest] !== undefined,
    );
    if (stray === undefined) return named;
    throw new ConfigError("DATA_OPTION", `--${kebab(stray)} says something of a list: which one?`, {
      hint: "name it with --data",
    });
  }
  const section = {
    source: "list",
    list: resolve(list),
    columns: Object.fromEntries(columns.map((field) => [field, choice[field]])),
    ...(videos !== undefined && { videos: resolve(videos) }),
    ...(audios !== undefined && { audios: resolve(audios) }),
    features: {
      ...(videoFeatures !== undefined && { video: resolve(videoFeatures) }),
      ...(audioFeatures !== undefined && { audio: resolve(audioFeatures) }),
    },
  };
  return [`name=${name ?? nameOf(list)}`, `data=${JSON.stringify(section)}`];
}

/** A run is called after its list: letters, digits and the few marks that every system allows. */
function nameOf(list: string): string {
  const path = resolve(list);
  const base = basename(path, extname(path)).replaceAll(/[^\w.-]+/g, "-");
  return base.replaceAll(/^[-.]+|[-.]+$/g, "") || "run";
}

const kebab = (option: string): string =>
  option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
