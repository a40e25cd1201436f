import { existsSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "../../core/errors.ts";
import { readJson } from "../../core/files.ts";
import {
  buildMapping,
  type EmotionMapping,
  type MappingTables,
  sortedLists,
  type Wheel,
  type WheelRow,
} from "../mer-unibench/index.ts";
import { readNpz } from "./npz.ts";
import { needFile, sources } from "./sources.ts";
import { columnOf, readTable } from "./table.ts";

const wheelNames = ["wheel1", "wheel2", "wheel3", "wheel4", "wheel5"] as const;

const publishedNote =
  "Mapping as published: it sends 'fear' to scared/happy/joyful/genius/joyful on wheels 1–5, because it lists 'fear' as a form of 'fearless'.";
const correctedNote =
  "MER2026's corrected mapping (forms of '-less' words removed): not the mapping of the published MER-UniBench table.";

/**
 * The mapping of a folder as its owners distribute it: `wheel_mapping.npz`/`.json` (MER2026), or
 * `format.csv`, `synonym.xlsx`/`.csv` and `wheel1`–`5.xlsx`/`.csv` (UniBench).
 * @throws BenchError `FILE_MISSING` with the source, `MAPPING_SHAPE`, `TABLE_UNREADABLE`,
 *   `COLUMN_MISSING`
 */
export async function readMapping(folder: string): Promise<EmotionMapping> {
  needFile(folder, sources.wheels);
  const npz = join(folder, "wheel_mapping.npz");
  if (existsSync(npz)) return readyMapping(Object.fromEntries(readNpz(npz)), npz);
  const json = join(folder, "wheel_mapping.json");
  if (existsSync(json)) return readyMapping(readJson(json), json);
  return identified(await readTables(folder));
}

/**
 * Every mapping of a folder: its own, or those of its subfolders `unibench` (as published) and
 * `mer2026` (corrected), in this order.
 */
export async function readMappings(folder: string): Promise<EmotionMapping[]> {
  needFile(folder, sources.wheels);
  const inner = ["unibench", "mer2026"].map((name) => join(folder, name)).filter(existsSync);
  return Promise.all((inner.length > 0 ? inner : [folder]).map(readMapping));
}

/** The two editions are told apart by the entry that was corrected. */
function identified(tables: MappingTables): EmotionMapping {
  const mapping = buildMapping("mer2026", tables, [correctedNote]);
  if (mapping.forms.get("fear")?.includes("fearless") !== true) return mapping;
  return { ...mapping, id: "unibench", notes: [publishedNote] };
}

async function readTables(folder: string): Promise<MappingTables> {
  const format = needFile(join(folder, "format.csv"), sources.wheels);
  const forms = await readTable(format);
  const name = columnOf(forms, ["name"], format);
  const list = columnOf(forms, ["format"], format);
  return {
    forms: forms.rows.map((row) => ({ word: row[name]!, forms: row[list]!.split(",") })),
    synonyms: await readSynonyms(folder),
    wheels: await Promise.all(wheelNames.map((wheel) => readWheel(folder, wheel))),
  };
}

/** Columns come in pairs, word_runN and synonym_runN, one pair a run of the language model. */
async function readSynonyms(folder: string): Promise<MappingTables["synonyms"]> {
  const file = spreadsheet(folder, "synonym");
  const table = await readTable(file);
  const runs = table.columns.filter((column) => column.startsWith("word_run"));
  if (runs.length === 0) columnOf(table, ["word_run1"], file);
  return runs.flatMap((word) => {
    const synonyms = columnOf(table, [word.replace("word_", "synonym_")], file);
    return table.rows
      .filter((row) => row[word] !== "")
      .map((row) => ({ word: row[word]!, synonyms: row[synonyms]!.split(",") }));
  });
}

async function readWheel(folder: string, name: string): Promise<MappingTables["wheels"][number]> {
  const file = spreadsheet(folder, name);
  const table = await readTable(file);
  const [first, second, third] = ["level1", "level2", "level3"].map((level) =>
    columnOf(table, [level], file),
  );
  const rows = table.rows.map((row): WheelRow => [row[first!]!, row[second!]!, row[third!]!]);
  return { name, rows };
}

function spreadsheet(folder: string, name: string): string {
  const csv = join(folder, `${name}.csv`);
  return existsSync(csv) ? csv : needFile(join(folder, `${name}.xlsx`), sources.wheels);
}

/** A dict of JSON or of a pickle. */
function entriesOf(value: unknown, name: string, file: string): [string, unknown][] {
  if (value instanceof Map) return [...(value as Map<string, unknown>)];
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    return Object.entries(value);
  }
  throw new BenchError("MAPPING_SHAPE", `'${name}' is not there or is no dict`, {
    file,
    path: name,
    hint: sources.wheels,
  });
}

/** A ready-made mapping: format_mapping, raw_mapping and wheel_map_whole. */
function readyMapping(arrays: Record<string, unknown>, file: string): EmotionMapping {
  const lists = (name: string) =>
    sortedLists(new Map(entriesOf(arrays[name], name, file) as [string, string[]][]));
  const wheels = entriesOf(arrays.wheel_map_whole, "wheel_map_whole", file).map(
    ([name, levels]): Wheel => {
      const byName = new Map(entriesOf(levels, name, file));
      const level = (key: string) =>
        new Map(entriesOf(byName.get(key), `${name}.${key}`, file) as [string, string][]);
      return { name, level1: level("level1"), level2: level("level2") };
    },
  );
  return {
    id: "mer2026",
    notes: [correctedNote],
    comparable: true,
    forms: lists("format_mapping"),
    synonyms: lists("raw_mapping"),
    wheels,
  };
}
