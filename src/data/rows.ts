import { basename } from "node:path";
import { DataError } from "../core/errors.ts";
import type { ClipRow } from "./clip-row.ts";
import type { ColumnChoice } from "./columns.ts";
import { withoutEnding } from "./files/endings.ts";
import type { MediaFiles } from "./files/find-media.ts";
import type { Importer } from "./importers/importer.ts";
import { type ListRecord, type Place, placeOf } from "./tables/table.ts";
import { cellOf, fieldsOf, filesOf } from "./to-row.ts";
import { nameOf } from "./values.ts";

/** What a command needs of every row. */
export interface Needs {
  /** `column`: some column holds the reference; `every`: and no row of it is blank. */
  text?: "column" | "every";
  /**
   * Rows without their files: left out and counted (default), refused by line, or not looked for at
   * all, where texts are enough.
   */
  media?: "leave" | "refuse" | "ignore";
  /** Rows are called by their number where no column names them. */
  id?: "number";
  /** "column=value": other rows are not read. */
  where?: string;
  /** Forms of lists that are known, where they are not those of the shipped table. */
  importers?: readonly Importer[];
}

/** A row that is left out, with the reason. */
export interface LeftRow {
  id: string;
  line?: number;
  reason: string;
}

/** Rows of a list. */
export interface ListRows {
  rows: ClipRow[];
  left: LeftRow[];
  /** Where every row is by id, left-out ones too. */
  places: ReadonlyMap<string, Place>;
}

/**
 * Rows of a list's records.
 * @param media where files are looked for; undefined where texts are enough
 * @throws DataError `LIST_VALUE`, `LIST_ID_TWICE`, `LIST_FILE`, each naming the line
 */
export function rowsOf(
  records: readonly ListRecord[],
  choice: ColumnChoice,
  media: MediaFiles | undefined,
  needs: Needs,
  file: string,
): ListRows {
  const places = new Map<string, Place>();
  const left: LeftRow[] = [];
  const nameless =
    needs.id === "number" && (choice.id ?? choice.video ?? choice.audio) === undefined;
  const rows = records.flatMap((record, index): ClipRow[] => {
    const place = placeOf(record, file);
    const written = nameless ? String(index + 1) : nameIn(record, choice, file);
    const id = withoutEnding(written);
    const first = places.get(id);
    if (first !== undefined) refuseTwice(id, first, record, choice, file);
    places.set(id, place);
    const fields = fieldsOf(record, choice, file);
    if (needs.text === "every" && fields.reference === undefined) {
      throw new DataError("LIST_VALUE", `${choice.text}: is blank`, {
        ...place,
        hint: "every clip needs its reference text here",
      });
    }
    if (media === undefined) return [{ id, media: {}, ...fields }];
    const files = filesOf(record, choice, written, media, file);
    if (!("reason" in files)) return [{ id, ...files, ...fields }];
    if (needs.media === "refuse") refuseFile(files.reason, record, media, file);
    left.push({
      id,
      ...(record.line !== undefined && { line: record.line }),
      reason: files.reason,
    });
    return [];
  });
  return { rows, left, places };
}

/** The id as it is written, or the name of the clip's file. */
function nameIn(record: ListRecord, choice: ColumnChoice, file: string): string {
  const cell = (field: "id" | "video" | "audio") => cellOf(record, choice, field, file);
  if (choice.id !== undefined) {
    const id = nameOf(cell("id"));
    if (id !== undefined) return id;
    throw new DataError("LIST_VALUE", `${choice.id}: is blank`, {
      ...placeOf(record, file),
      path: choice.id,
      hint: "every clip has an id",
    });
  }
  for (const field of ["video", "audio"] as const) {
    const path = nameOf(cell(field));
    if (path !== undefined) return basename(path.replaceAll("\\", "/"));
  }
  throw new DataError("LIST_VALUE", "names neither an id nor a file", placeOf(record, file));
}

function refuseTwice(
  id: string,
  first: Place,
  record: ListRecord,
  choice: ColumnChoice,
  file: string,
): never {
  const column = choice.id ?? choice.video ?? choice.audio ?? "id";
  const where = first.line === undefined ? first.file : `line ${first.line}`;
  throw new DataError("LIST_ID_TWICE", `${column}: '${id}' is in ${where} already`, {
    ...placeOf(record, file),
    path: column,
    hint: "every clip has an id of its own; --id names the column",
  });
}

function refuseFile(reason: string, record: ListRecord, media: MediaFiles, file: string): never {
  const folder = (media.video.folder ?? media.audio.folder)?.().folder;
  throw new DataError("LIST_FILE", reason, {
    ...placeOf(record, file),
    hint: [
      ...(folder === undefined ? [] : [`looked in ${folder}`]),
      "correct the row or leave it out; `oppo inspect` names all such rows",
    ].join("; "),
  });
}
