import { createHash } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { DataError } from "../../core/errors.ts";
import { parseJson } from "../../core/files.ts";
import { withoutEnding } from "../files/endings.ts";
import { isObject } from "../tables/jsonl.ts";
import { columnsOf, type ListRecord } from "../tables/table.ts";
import { readListText } from "../tables/text.ts";
import { type FoundList, hasColumns, type ImportedList, type Importer } from "./importer.ts";

const ending = "_merr_data.json";

/**
 * What MER-Factory makes: its output folder (`<clip>/<clip>_merr_data.json`), the CSV it exports
 * (source_path, final_summary), or the Emotion-LLaMA JSON (`MERR_*_grained.json`, by name of the
 * film). The summary is the reference; only `ground_truth_label` is a label, for emotions guessed
 * from action units are no truth.
 */
export const merFactoryImporter: Importer = {
  format: "mer-factory",
  meaning: "MER-Factory: output folder, exported CSV, or MERR_*_grained.json",
  expects: `<clip>/<clip>${ending} in a folder, columns source_path and final_summary, or MERR's JSON`,
  recognises: (list) =>
    list.table === undefined
      ? resultsIn(list.path).length > 0
      : hasColumns(list, "source_path", "final_summary") ||
        hasColumns(list, "key", "pseu_emotion", captionOf(list)),
  read(list): ImportedList {
    const { records, content } = recordsOf(list);
    const guessed = records.filter(({ fields }) => fields.label === undefined).length;
    const notes = guessed === 0 ? [] : [noTruth(guessed, records.length)];
    const more = content === undefined ? {} : { content };
    return {
      columns: columnsOf(records),
      records,
      notes: [...(list.table?.notes ?? []), ...notes],
      ...more,
    };
  },
};

const captionOf = ({ table }: FoundList): string =>
  table?.columns.includes("smp_reason_caption") ? "smp_reason_caption" : "caption";

const noTruth = (count: number, all: number): string =>
  `${count} of ${all} clips have no ground_truth_label; emotions guessed from action units are not taken for one`;

/** Results in a folder of folders, sorted. */
function resultsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name, `${entry.name}${ending}`))
    .filter((file) => existsSync(file))
    .sort();
}

function recordsOf(list: FoundList): { records: ListRecord[]; content?: string } {
  if (list.table !== undefined) {
    const caption = captionOf(list);
    const toRecord = hasColumns(list, "source_path") ? fromResult : fromMerr(caption);
    return {
      records: list.table.records.map((record) => ({ ...record, fields: toRecord(record.fields) })),
    };
  }
  const content = createHash("sha256");
  const records = resultsIn(list.path).map((file) => {
    const { text, sha256 } = readListText(file);
    content.update(sha256);
    return { file, fields: fromResult(parsed(text, file)) };
  });
  return { records, content: content.digest("hex") };
}

function parsed(text: string, file: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text, file);
  if (isObject(value)) return value;
  throw new DataError("LIST_JSON", "is not an object", { file });
}

type Fields = Readonly<Record<string, unknown>>;

function fromResult(fields: Fields): Record<string, unknown> {
  const path = String(fields.source_path ?? "");
  return {
    clip_id: withoutEnding(basename(path.replaceAll("\\", "/"))),
    // Made on another machine, the path is not there; the id finds the film in --videos.
    ...(existsSync(path) && { video: path }),
    reference: unescaped(fields.final_summary),
    ...(fields.ground_truth_label !== undefined && { label: fields.ground_truth_label }),
  };
}

const fromMerr =
  (caption: string) =>
  (fields: Fields): Record<string, unknown> => ({
    clip_id: fields.key,
    reference: fields[caption],
    ...(fields.text !== undefined && { subtitle: fields.text }),
    pseu_emotion: fields.pseu_emotion,
  });

/** Its CSV holds line breaks as backslash and n. */
const unescaped = (text: unknown): unknown =>
  typeof text === "string" ? text.replaceAll("\\n", "\n") : text;
