import { existsSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type ReadTable, readTable } from "../tables/read-table.ts";
import { type ListRecord, type ListTable, placeOf } from "../tables/table.ts";
import { nameOf } from "../values.ts";
import { type FoundList, hasColumns, type ImportedList, type Importer } from "./importer.ts";

/**
 * Descriptions of MER-Caption+ as the MER challenge hands them out, in a folder with labels and
 * subtitles.
 */
const descriptions = "track3_train_mercaptionplus.csv";
const subtitles = "subtitle_chieng.csv";

/**
 * MER-Caption+: `track3_train_*.csv` (name, reason), joined with the labels of `track2_train_*.csv`
 * (name, openset), the English of `subtitle_chieng.csv` and the films of `video/`, where they are
 * in its folder.
 */
export const merCaptionPlusImporter: Importer = {
  format: "mer-caption-plus",
  meaning: "MER-Caption+ (and OV-MERD): its folder, or track3_train_*.csv in it",
  expects: `${descriptions} in the folder, or columns name and reason`,
  recognises: (list) =>
    list.table === undefined
      ? existsSync(join(list.path, descriptions))
      : /^track3_/.test(basename(list.path)) && hasColumns(list, "name", "reason"),
  read(list): ImportedList {
    const { file, table } = opened(list);
    const folder = dirname(file);
    const labels = neighbour(join(folder, basename(file).replace(/^track3_/, "track2_")), file);
    const spoken = neighbour(join(folder, subtitles), file);
    const openset = byName(labels, "openset");
    const english = byName(spoken, "english");
    const records = table.records.map((record): ListRecord => {
      const name = idOf(record, file);
      const fields = {
        clip_id: name,
        reference: record.fields.reason,
        openset: openset.get(name),
        subtitle: english.get(name),
      };
      return { file, ...(record.line !== undefined && { line: record.line }), fields };
    });
    const videos = join(folder, "video");
    return {
      columns: ["clip_id", "reference", "openset", "subtitle"],
      records,
      notes: [...table.notes, ...joined(records, labels, spoken, openset.size)],
      ...(statSync(videos, { throwIfNoEntry: false })?.isDirectory() && { videos }),
      content: [table, labels, spoken].map((one) => one?.sha256 ?? "").join("\n"),
    };
  },
};

function opened({ path, table }: FoundList): {
  file: string;
  table: ListTable & { sha256?: string };
} {
  if (table !== undefined) return { file: path, table };
  const file = join(path, descriptions);
  return { file, table: readTable(file) };
}

const neighbour = (path: string, own: string): ReadTable | undefined =>
  path !== own && existsSync(path) ? readTable(path) : undefined;

const idOf = (record: ListRecord, file: string): string =>
  nameOf({ value: record.fields.name, column: "name", place: placeOf(record, file) }) ?? "";

function byName(table: ListTable | undefined, column: string): Map<string, unknown> {
  return new Map((table?.records ?? []).map((record) => [idOf(record, ""), record.fields[column]]));
}

function joined(
  records: readonly ListRecord[],
  labels: ListTable | undefined,
  spoken: ListTable | undefined,
  labelled: number,
): string[] {
  const without = (column: string) =>
    records.filter(({ fields }) => fields[column] === undefined).length;
  const notes: string[] = [];
  if (labels === undefined) notes.push("no labels: track2_train_*.csv is not beside the list");
  else if (without("openset") > 0) notes.push(`${without("openset")} clips have no labels`);
  if (spoken === undefined) notes.push(`no subtitles: ${subtitles} is not beside the list`);
  else if (without("subtitle") > 0) notes.push(`${without("subtitle")} clips have no subtitle`);
  const described = records.length - without("openset");
  if (labelled > described) {
    notes.push(`${labelled - described} labelled clips have no description and are left out`);
  }
  return notes;
}
