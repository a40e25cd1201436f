import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { ReferenceRow } from "../../../../bench/mep/reference/build.ts";
import type { MepCue } from "../../../../bench/mep/reference/items.ts";
import { quotedSubtitle } from "../../../../bench/mep/reference/subtitle.ts";
import { BenchError, OppoError } from "../../../../core/errors.ts";
import { sha256 } from "../../../../core/files.ts";
import { readJsonl } from "../../../../core/jsonl.ts";
import { polarityOf } from "../../../../cues/polarity.ts";
import { parseCsv } from "../../../csv.ts";

export interface RowOptions {
  /** Folder with the clips; without it the set is text-only. */
  clips?: string;
  /** Column of the reference text; found by common names when absent. */
  column?: string;
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
}

type Fields = Record<string, unknown>;

const names = {
  id: ["id", "name", "names", "video_id"],
  text: ["english", "reasons", "reasoning", "reference", "text"],
  subtitle: ["subtitle", "subtitles", "sentence"],
  clip: ["clip", "file", "video", "path"],
} as const;
const extensions = [".mp4", ".avi", ".mkv", ".webm", ".mov", ".wav"];

/**
 * Reads a reasoning data set (.csv or .jsonl). @throws OppoError for a file that can't be read as one;
 * BenchError `MEP_COLUMN`, `MEP_WHERE`, `MEP_CLIPS` when no row's clip is found, `MEP_CUES`.
 */
export function readReferenceRows(file: string, options: RowOptions): ReadRows {
  if (!existsSync(file)) throw new OppoError("FILE_MISSING", "no such file", { file });
  const bytes = readFileSync(file);
  const records = chosen(recordsOf(file, bytes.toString("utf8")), file, options.where);
  const column = (kind: keyof typeof names) =>
    names[kind].find((name) => records[0] !== undefined && name in records[0]);
  const textColumn = options.column ?? column("text");
  const idColumn = column("id");
  if (idColumn === undefined || (textColumn === undefined && options.cues === undefined)) {
    throw new BenchError("MEP_COLUMN", "no column for the id, or none for the text", {
      file,
      hint: `it has: ${Object.keys(records[0] ?? {}).join(", ")}; name the text's with --column`,
    });
  }
  const cues = options.cues === undefined ? undefined : readCues(options.cues);
  const missing: ReadRows["missing"] = [];
  const rows = records.flatMap((record): ReferenceRow[] => {
    const id = String(record[idColumn]);
    const text = textColumn === undefined ? "" : String(record[textColumn] ?? "");
    const clip = clipOf(record, id, column("clip"), options.clips);
    if (options.clips !== undefined && clip === undefined) {
      missing.push({ id, reason: "no clip file" });
      return [];
    }
    const own = cues?.get(id);
    if (cues !== undefined && own === undefined) {
      missing.push({ id, reason: "no cues in the cue file" });
      return [];
    }
    return [{ id, text, ...clip, ...own, ...spoken(record, text, options), ...agreeing(record) }];
  });
  if (rows.length === 0) {
    throw new BenchError("MEP_CLIPS", `none of ${records.length} rows can be used`, {
      file,
      hint: `first reason: ${missing[0]?.reason ?? "no rows"} (${missing[0]?.id ?? "-"})`,
    });
  }
  const source = { name: basename(file), sha256: sha256(bytes), rows: records.length };
  return { rows, source, missing };

  function spoken(record: Fields, text: string, { subtitleFromText }: RowOptions) {
    const given = record[column("subtitle") ?? ""];
    const subtitle =
      typeof given === "string" && given.trim() !== ""
        ? given
        : subtitleFromText
          ? quotedSubtitle(text)
          : null;
    return subtitle === null ? {} : { subtitle };
  }
}

function recordsOf(file: string, text: string): Fields[] {
  if (/\.csv$/i.test(file)) return parseCsv(text, file).map(({ fields }) => ({ ...fields }));
  if (/\.jsonl$/i.test(file)) return readJsonl<Fields>(file);
  throw new BenchError("MEP_FORMAT", "neither .csv nor .jsonl", { file });
}

function chosen(records: Fields[], file: string, where: string | undefined): Fields[] {
  if (where === undefined) return records;
  const at = where.indexOf("=");
  const [column, value] = [where.slice(0, at), where.slice(at + 1)];
  const own = records.filter((record) => String(record[column]) === value);
  if (at > 0 && own.length > 0) return own;
  throw new BenchError("MEP_WHERE", `no row has ${where}`, {
    file,
    hint: "write it as column=value, for example split=test",
  });
}

function clipOf(
  record: Fields,
  id: string,
  column: string | undefined,
  clips: string | undefined,
): { clip: string; clipHash: string } | undefined {
  if (clips === undefined) return undefined;
  const named = column === undefined ? [] : [String(record[column])];
  const candidates = [...named, ...extensions.map((extension) => `${id}${extension}`)];
  const clip = candidates.find((candidate) => existsSync(join(clips, candidate)));
  return clip === undefined
    ? undefined
    : { clip, clipHash: sha256(readFileSync(join(clips, clip))) };
}

/** Whether face and voice agree, where the data set says so. */
function agreeing({ congruent }: Fields): { congruent?: boolean } {
  if (congruent === true || congruent === "true") return { congruent: true };
  if (congruent === false || congruent === "false") return { congruent: false };
  return {};
}

/** Rows `{id, visual: [...], acoustic: [...]}`; keys of public decompositions are known too. */
function readCues(file: string): Map<string, Pick<ReferenceRow, "cues">> {
  const lists = (record: Fields, keys: readonly string[], line: number): MepCue[] => {
    const value = keys.map((key) => record[key]).find((list) => list !== undefined) ?? [];
    if (!Array.isArray(value) || value.some((text) => typeof text !== "string")) {
      throw new BenchError("MEP_CUES", `'${keys[0]}' is not a list of texts`, { file, line });
    }
    return (value as string[])
      .map((text) => text.trim())
      .filter((text) => text !== "")
      .map((text) => ({ text, positive: polarityOf(text) }));
  };
  return new Map(
    readJsonl<Fields>(file).map((record, index) => {
      const id = names.id.map((key) => record[key]).find((value) => value !== undefined);
      const visual = lists(record, ["visual", "visual_clues"], index + 1);
      const acoustic = lists(record, ["acoustic", "audio", "audio_clues"], index + 1);
      return [String(id), { cues: { visual, acoustic } }];
    }),
  );
}
