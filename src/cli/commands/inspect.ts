import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { DataError } from "../../core/errors.ts";
import { readJson, writeFileAtomic, writePiecesAtomic } from "../../core/files.ts";
import type { ProgressListener } from "../../core/progress.ts";
import { listOptions, readClips } from "../../data/index.ts";
import { inspectDocument } from "../../data/inspect/document.ts";
import { inspectClips } from "../../data/inspect/inspect.ts";
import type { InspectedList } from "../../data/inspect/inspected-list.ts";
import { shotsOf } from "../../data/inspect/look/look-at-files.ts";
import { summaryOf } from "../../data/inspect/summary.ts";
import { leftOut } from "../../data/left-out.ts";
import { renderInspection } from "../../report/inspect/page.ts";
import { shownClips } from "../../report/inspect/shown.ts";
import { factsFolder } from "../facts-folder.ts";
import { type ListFlags, listFlags, readOptionsOf } from "../list-options.ts";
import { heading, progressPrinter, say } from "../print.ts";

export interface InspectFlags extends ListFlags {
  out?: string;
  runs: string;
  media: boolean;
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

/** Files that an inspection wrote, and whether any way on would refuse something. */
export interface WrittenInspection {
  json: string;
  page: string;
  refuses: boolean;
}

/**
 * Inspects a list or folder, prints what was found and writes it.
 * @throws DataError as `readClips`; `INSPECT_OUT` where the folder holds the inspection of another list
 */
export async function inspectList(path: string, flags: InspectFlags): Promise<WrittenInspection> {
  const read = readClips(path, readOptionsOf(flags));
  const { out = join(factsFolder(flags.runs), nameOf(path)) } = flags;
  const [json, page] = [join(out, "inspect.json"), join(out, "inspect.html")];
  refuseForeign(json, resolve(path));
  const { test, validation } = listOptions.shape.split.parse({});
  const cache = factsFolder(flags.runs);
  const inspection = await inspectClips(read.rows, {
    cache,
    media: flags.media,
    shares: { test, validation },
    progress: progressPrinter(),
  });
  const { source, left, unused } = read;
  // The rows left out stand among the problems.
  const notes = read.notes.filter((note) => left.length === 0 || note !== leftOut(left));
  const list: InspectedList = { ...inspection, list: resolve(path), source, notes, left, unused };
  for (const part of summaryOf(list)) {
    heading(part.heading);
    for (const line of part.lines) say(`  ${line}`);
  }
  say();
  writePiecesAtomic(json, inspectDocument(list));
  const shots = await shotsFor(list, { cache, progress: progressPrinter() });
  writeFileAtomic(page, renderInspection(list, shots));
  const refuses = list.ways.some(({ refused, list: all }) => refused.length + all.length > 0);
  return { json, page, refuses };
}

/** Frames of the clips that the page shows. */
function shotsFor(list: InspectedList, options: { cache: string; progress: ProgressListener }) {
  const files = shownClips(list).flatMap(({ row, media }): [string, string][] => {
    const film = media?.files.video;
    return film?.facts.picture && film.sha256 ? [[film.sha256, row.media.video!]] : [];
  });
  return shotsOf(new Map(files), options);
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
