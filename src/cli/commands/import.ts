import { resolve } from "node:path";
import { Argument, Command } from "@commander-js/extra-typings";
import { counted } from "../../core/counted.ts";
import { DataError } from "../../core/errors.ts";
import {
  importers,
  listFormats,
  type ReadClips,
  type ReadOptions,
  readClips,
} from "../../data/index.ts";
import { type ListFlags, listFlags, readOptionsOf } from "../list-options.ts";
import { say } from "../print.ts";
import { writeClipList } from "../write-clip-list.ts";

/** `oppo import`: anyone's annotations as a list of clips that every command reads. */
export function importCommand() {
  const command = new Command("import")
    .description("write annotations of a known form as clips.jsonl, which every command reads")
    .addArgument(new Argument("<form>", "see below").choices(listFormats))
    .argument("<path>", "file or folder of that form")
    .requiredOption("-o, --out <file>", "JSONL file to write");
  for (const option of listFlags()) {
    if (option.long !== "--format") command.addOption(option);
  }
  return command.addHelpText("after", forms()).action((format, path, { out, ...flags }) => {
    const list = imported(path, { ...readOptionsOf(flags as ListFlags), format });
    writeClipList(out, list, path);
    const { rows } = list;
    const films = rows.filter(({ media }) => media.video !== undefined).length;
    const referenced = rows.filter(({ reference }) => reference !== undefined).length;
    const labelled = rows.filter(({ labels }) => labels.length > 0).length;
    say(
      `${counted(rows.length, "clip")}: ${films} with a film, ${referenced} with a reference, ${labelled} with labels`,
    );
    process.stdout.write(`${resolve(out)}\n`);
  });
}

/** Clips with their files; texts alone where nobody says where the files are. */
function imported(path: string, options: ReadOptions): ReadClips {
  try {
    return readClips(path, options);
  } catch (error) {
    const places = [options.videos, options.audios, ...Object.values(options.features ?? {})];
    const placed = places.some((place) => place !== undefined);
    if (!(error instanceof DataError && error.code === "LIST_NO_MATCH") || placed) throw error;
    const list = readClips(path, options, { media: "ignore" });
    const note =
      "no clip has its file: texts alone are written; --videos names the folder of films";
    return { ...list, notes: [...list.notes, note] };
  }
}

function forms(): string {
  const width = Math.max(...listFormats.map((format) => format.length));
  const lines = importers.map(({ format, meaning }) => `  ${format.padEnd(width)}  ${meaning}`);
  return `\nForms:\n${lines.join("\n")}`;
}
