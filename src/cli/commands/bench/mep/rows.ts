import { relative } from "node:path";
import type { ReferenceRow } from "../../../../bench/mep/reference/build.ts";
import type { MepCue } from "../../../../bench/mep/reference/items.ts";
import { quotedSubtitle } from "../../../../bench/mep/reference/subtitle.ts";
import { BenchError } from "../../../../core/errors.ts";
import { polarityOf } from "../../../../cues/polarity.ts";
import { findColumns, refuseMissing } from "../../../../data/columns.ts";
import { fileHash } from "../../../../data/features/content.ts";
import { withoutEnding } from "../../../../data/files/endings.ts";
import { type ClipRow, type ReadOptions, readClips } from "../../../../data/index.ts";
import { readTable } from "../../../../data/tables/read-table.ts";
import { type ListRecord, placeOf } from "../../../../data/tables/table.ts";
import { cellOf } from "../../../../data/to-row.ts";
import { nameOf } from "../../../../data/values.ts";

export interface RowOptions {
  /** Folder with the clips; without it the set is text-only. */
  clips?: string;
  /** How the list is read: its columns, its form. */
  read?: ReadOptions;
  /** "column=value": other rows are not read. */
  where?: string;
  /** Take the subtitle that the reference itself quotes, where no column holds it. */
  subtitleFromText?: boolean;
  /** JSONL of cues made elsewhere, by id. */
  cues?: string;
}

export interface ReadRows {
  rows: ReferenceRow[];
  source: { name: string; sha256: string; rows: number };
  /** Rows whose clip is not in the folder. */
  missing: { id: string; reason: string }[];
  /** How the list was read. */
  notes: readonly string[];
}

/**
 * Reads a reasoning data set. @throws DataError as `readClips`; BenchError `MEP_CUES` where none of
 * its rows has cues in the cue file.
 */
export function readReferenceRows(file: string, options: RowOptions): ReadRows {
  const { clips, where, read = {} } = options;
  const cues = options.cues === undefined ? undefined : readCues(options.cues);
  const list = readClips(file, clips === undefined ? read : { ...read, videos: clips }, {
    media: clips === undefined ? "ignore" : "leave",
    ...(where !== undefined && { where }),
    ...(cues === undefined && { text: "column" }),
  });
  const missing = list.left.map(({ id, reason }) => ({ id, reason }));
  const rows = list.rows.flatMap((row): ReferenceRow[] => {
    const own = cues?.get(row.id);
    if (cues !== undefined && own === undefined) {
      missing.push({ id: row.id, reason: "no cues in the cue file" });
      return [];
    }
    const { id, reference: text = "", congruent } = row;
    return [
      {
        id,
        text,
        ...clipOf(row, clips),
        ...own,
        ...spoken(row, options),
        ...(congruent !== undefined && { congruent }),
      },
    ];
  });
  if (rows.length === 0) {
    throw new BenchError("MEP_CUES", `none of ${list.rows.length} rows has cues`, {
      ...(options.cues !== undefined && { file: options.cues }),
      hint: `its ids are found in ${file}: the first there is ${list.rows[0]?.id}`,
    });
  }
  const { name, sha256, rows: count } = list.source;
  return { rows, source: { name, sha256, rows: count }, missing, notes: list.notes };
}

/** Path in the folder of clips, by which a run finds it again, and what is in the file. */
function clipOf({ media }: ClipRow, clips: string | undefined) {
  const file = media.video ?? media.audio;
  if (clips === undefined || file === undefined) return {};
  return { clip: relative(clips, file), clipHash: fileHash(file) };
}

function spoken({ subtitle, reference = "" }: ClipRow, { subtitleFromText }: RowOptions) {
  const said = subtitle ?? (subtitleFromText ? quotedSubtitle(reference) : null);
  return said === null ? {} : { subtitle: said };
}

/** Rows `{id, visual: [...], acoustic: [...]}`; keys of public decompositions are known too. */
function readCues(file: string): Map<string, Pick<ReferenceRow, "cues">> {
  const { columns, records } = readTable(file);
  const { choice } = findColumns(columns, {}, file);
  if (choice.id === undefined) refuseMissing(["id"], columns, file);
  return new Map(
    records.map((record) => {
      const id = nameOf(cellOf(record, choice, "id", file)) ?? "";
      const visual = cuesIn(record, ["visual", "visual_clues"], file);
      const acoustic = cuesIn(record, ["acoustic", "audio", "audio_clues"], file);
      return [withoutEnding(id), { cues: { visual, acoustic } }];
    }),
  );
}

function cuesIn(record: ListRecord, keys: readonly string[], file: string): MepCue[] {
  const value = keys.map((key) => record.fields[key]).find((list) => list !== undefined) ?? [];
  if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) {
    const place = placeOf(record, file);
    throw new BenchError("MEP_CUES", `'${keys[0]}' is not a list of texts`, place);
  }
  return (value as string[])
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => ({ text, positive: polarityOf(text) }));
}
