import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { DataError } from "../../core/errors.ts";
import { readJson } from "../../core/files.ts";
import { readClips, splitOptions } from "../../data/index.ts";
import { factsFolder } from "../facts-folder.ts";
import { inspectionFiles, type WrittenInspection, writeInspection } from "../inspection.ts";
import { coldStartFlag, type ListFlags, listFlags, readOptionsOf } from "../list-options.ts";

export interface InspectFlags extends ListFlags {
  out?: string;
  runs: string;
  media: boolean;
  /** `data.split.sft` of the experiment that is in mind. */
  coldStart?: number;
  strict?: boolean;
  json?: boolean;
}

/** `oppo inspect`: what is in anyone's clips, before anything is paid for. */
export function inspectCommand() {
  const command = new Command("inspect")
    .description("look at every clip of a list or folder: what is there, and what would refuse it")
    .argument("<path>", "list of clips (.jsonl, .csv, .tsv, .json), or a folder of clips");
  for (const option of listFlags()) command.addOption(option);
  return command
    .addOption(coldStartFlag())
    .option("-o, --out <folder>", "where results go (default: <runs>/inspect/<name of the list>)")
    .option("--runs <folder>", "folder of runs; facts about files are kept there", "runs")
    .option("--no-media", "open no clip: references, labels and groups alone")
    .option("--strict", "exit with 1 if any way on would refuse a clip")
    .option("--json", "print inspect.json instead of the paths of what was written")
    .addHelpText(
      "after",
      `
Writes inspect.json and inspect.html. A killed inspect goes on where it was; a second one decodes nothing.`,
    )
    .action(async (path, flags) => {
      const written = await inspectList(path, flags as InspectFlags);
      if (flags.json) process.stdout.write(readFileSync(written.json, "utf8"));
      else process.stdout.write(`${written.json}\n${written.page}\n`);
      if (flags.strict && written.refuses) process.exitCode = 1;
    });
}

/**
 * Inspects a list or folder, prints what was found and writes it.
 * @throws DataError as `readClips`; `INSPECT_OUT` where the folder holds the inspection of another
 *   list
 */
export async function inspectList(path: string, flags: InspectFlags): Promise<WrittenInspection> {
  const read = readClips(path, readOptionsOf(flags));
  const { out = join(factsFolder(flags.runs), nameOf(path)), media, coldStart } = flags;
  refuseForeign(inspectionFiles(out).json, resolve(path));
  const cache = factsFolder(flags.runs);
  const shares = splitOptions.parse({ sft: coldStart });
  return writeInspection(resolve(path), read, { out, cache, media, shares });
}

/** A list without its ending, a folder as it is called. */
const nameOf = (path: string): string =>
  basename(resolve(path)).replace(/\.(jsonl?|csv|tsv)$/i, "");

/** Two lists of one name must not replace each other's results. */
function refuseForeign(json: string, list: string): void {
  if (!existsSync(json)) return;
  const { list: before } = readJson<{ list?: string }>(json);
  if (before === list) return;
  throw new DataError("INSPECT_OUT", `holds the inspection of ${before ?? "something else"}`, {
    file: json,
    hint: "name another folder with --out",
  });
}
