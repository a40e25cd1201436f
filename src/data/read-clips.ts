import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { DataError } from "../core/errors.ts";
import { sha256 } from "../core/files.ts";
import type { ClipRow } from "./clip-row.ts";
import { type ColumnChoice, findColumns, refuseMissing } from "./columns.ts";
import { type MediaFiles, mediaFiles } from "./files/find-media.ts";
import type { FoundList, ImportedList, Importer } from "./importers/importer.ts";
import { importerOf } from "./importers/index.ts";
import { leftOut, refuseAll } from "./left-out.ts";
import type { ListFormat, ReadOptions } from "./options.ts";
import { type LeftRow, type Needs, rowsOf } from "./rows.ts";
import { readTable } from "./tables/read-table.ts";
import type { ListRecord, Place } from "./tables/table.ts";

/** Clips of a list, and what was made of it. */
export interface ReadClips {
  rows: ClipRow[];
  /** Sentences for the console and the report. */
  notes: string[];
  /** What was read; `rows` counts the left-out ones, too. */
  source: { name: string; sha256: string; rows: number; format: ListFormat };
  /** Which column was taken for what. */
  columns: ColumnChoice;
  /** Rows left out, with the reason. */
  left: LeftRow[];
  /** Where every row is by id, left-out ones too. */
  places: ReadonlyMap<string, Place>;
  /** Files in the folders of options that no row names. */
  readonly unused: readonly string[];
}

/**
 * Reads a user's clips: `clips.jsonl`, a CSV, TSV, JSON or JSONL table, a folder, or a form that an
 * importer knows. Paths in a list are relative to it, those of options to the working directory.
 * @throws DataError `LIST_…` naming file, line and field; nothing that can't be read is passed
 *   over.
 */
export function readClips(path: string, options: ReadOptions = {}, needs: Needs = {}): ReadClips {
  const { list, table, hash, format } = open(resolve(path), options.format, needs.importers);
  const file = path;
  const { choice, notes } = findColumns(table.columns, options.columns ?? {}, file);
  checkColumns(choice, needs, table.columns, format, file);
  const records = chosen(table.records, needs.where, file);
  const media =
    needs.media === "ignore"
      ? undefined
      : mediaFiles(table.base ?? dirname(list.path), {
          ...options,
          ...withDefault("videos", options.videos ?? table.videos),
        });
  const read = rowsOf(records, choice, media, needs, file);
  if (read.rows.length === 0) refuseAll(read.left, records, media, file);
  if (read.left.length > 0) notes.push(leftOut(read.left));
  return {
    ...read,
    notes: [...table.notes, ...notes],
    source: { name: basename(list.path), sha256: hash, rows: table.records.length, format },
    columns: choice,
    get unused() {
      return unusedFiles(read.rows, media);
    },
  };
}

interface Opened {
  list: FoundList;
  table: ImportedList;
  hash: string;
  format: ListFormat;
}

function open(
  path: string,
  format: ListFormat | undefined,
  importers: readonly Importer[] | undefined,
): Opened {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new DataError("LIST_MISSING", "no such file or folder", { file: path });
  }
  const read = found.isDirectory() ? undefined : readTable(path);
  const list: FoundList = read === undefined ? { path } : { path, table: read };
  const importer = importerOf(list, format, importers);
  const table = importer.read(list);
  const hash = table.content === undefined ? (read?.sha256 ?? "") : sha256(table.content);
  return { list, table, hash, format: importer.format };
}

const withDefault = <Key extends string>(key: Key, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [key in Key]?: string };

function checkColumns(
  choice: ColumnChoice,
  needs: Needs,
  columns: readonly string[],
  format: ListFormat,
  file: string,
): void {
  const named = choice.id ?? choice.video ?? choice.audio;
  if (named === undefined && needs.id !== "number") refuseMissing(["id"], columns, file);
  if (needs.text === undefined || choice.text !== undefined) return;
  if (format !== "folder") refuseMissing(["text"], columns, file);
  throw new DataError("LIST_NO_TEXT", "is a folder of clips without a list: no references", {
    file,
    hint: "give a list with a reference text for each clip, and the folder as --videos",
  });
}

function chosen(
  records: readonly ListRecord[],
  where: string | undefined,
  file: string,
): readonly ListRecord[] {
  if (where === undefined) return records;
  const at = where.indexOf("=");
  const [column, value] = [where.slice(0, at), where.slice(at + 1)];
  const own = records.filter(({ fields }) => String(fields[column]) === value);
  if (at > 0 && own.length > 0) return own;
  throw new DataError("LIST_WHERE", `no row has ${where}`, {
    file,
    hint: "write it as column=value, for example split=test",
  });
}

function unusedFiles(rows: readonly ClipRow[], media: MediaFiles | undefined): string[] {
  const used = new Set(rows.flatMap(({ media: { video, audio } }) => [video, audio]));
  return [media?.video.folder, media?.audio.folder].flatMap((listed) => {
    if (listed === undefined) return [];
    const { folder, files } = listed();
    return files.filter((name) => !used.has(resolve(folder, name)));
  });
}
