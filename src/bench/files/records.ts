import { BenchError } from "../../core/errors.ts";
import { readJson } from "../../core/files.ts";
import { readGivenJsonl } from "../../core/jsonl.ts";
import { readNpz } from "./npz.ts";
import { parsePythonJson } from "./python-json.ts";
import { needFile } from "./sources.ts";
import { columnOf, readTable } from "./table.ts";

/** Names under which files keep a sample's id. */
const idNames = ["name", "id", "video_id", "filename"];

/**
 * One value a sample, by sample id, from a file of any kind that labels and predictions come in:
 * - `.npz`: a dict of one of the names, or arrays `filenames` and `fileitems`;
 * - `.json`: an object from id to value, or a list of objects;
 * - `.jsonl`, `.csv`, `.xlsx`: records with an id (`name`, `id`, `video_id` or `filename`) and one
 *   of the names.
 *
 * @param names where the value may stand, best first
 * @param source what to say about where such files come from
 * @throws BenchError `FILE_MISSING`, `FILE_KIND`, `FIELD_MISSING`, `SAMPLE_TWICE`, and what readers
 *   throw
 */
export async function readRecords(
  file: string,
  names: readonly string[],
  source: string,
): Promise<Map<string, unknown>> {
  needFile(file, source);
  const kind = /\.([a-z]+)$/.exec(file)?.[1];
  switch (kind) {
    case "npz":
      return fromNpz(file, names);
    case "json":
      return fromJson(readJson(file, parsePythonJson), file, names);
    case "jsonl":
      return fromObjects(readGivenJsonl(file, parsePythonJson), file, names);
    case "csv":
    case "xlsx": {
      const table = await readTable(file);
      const [id, value] = [columnOf(table, idNames, file), columnOf(table, names, file)];
      return unique(
        table.rows.map((row) => [row[id]!, row[value]!]),
        file,
      );
    }
    default:
      throw new BenchError("FILE_KIND", `files of kind '.${kind ?? ""}' are not read`, {
        file,
        hint: "known: .npz, .json, .jsonl, .csv, .xlsx",
      });
  }
}

function fromNpz(file: string, names: readonly string[]): Map<string, unknown> {
  const arrays = readNpz(file);
  const dict = names.map((name) => arrays.get(name)).find((value) => value instanceof Map);
  if (dict !== undefined) return dict as Map<string, unknown>;
  const [ids, items] = [arrays.get("filenames"), arrays.get("fileitems")];
  if (Array.isArray(ids) && Array.isArray(items) && ids.length === items.length) {
    return unique(
      ids.map((id, index) => [String(id), items[index]]),
      file,
    );
  }
  throw new BenchError(
    "FIELD_MISSING",
    `no dict ${names.join(" or ")}, nor filenames and fileitems`,
    {
      file,
      hint: `its arrays: ${[...arrays.keys()].join(", ")}`,
    },
  );
}

function fromJson(content: unknown, file: string, names: readonly string[]): Map<string, unknown> {
  if (Array.isArray(content)) return fromObjects(content, file, names);
  if (content !== null && typeof content === "object") return new Map(Object.entries(content));
  throw new BenchError("FIELD_MISSING", "neither an object nor a list", { file });
}

function fromObjects(
  rows: readonly unknown[],
  file: string,
  names: readonly string[],
): Map<string, unknown> {
  const pairs = rows.map((row, index): [string, unknown] => {
    const fields = (row ?? {}) as Record<string, unknown>;
    const [id, value] = [idNames, names].map((keys) =>
      keys.find((key) => Object.hasOwn(fields, key)),
    );
    if (id !== undefined && value !== undefined) return [String(fields[id]), fields[value]];
    const lacking = id === undefined ? idNames : names;
    throw new BenchError("FIELD_MISSING", `record ${index + 1} has no ${lacking.join(" or ")}`, {
      file,
      line: index + 1,
      hint: `its fields: ${Object.keys(fields).join(", ")}`,
    });
  });
  return unique(pairs, file);
}

function unique(pairs: readonly [string, unknown][], file: string): Map<string, unknown> {
  const byId = new Map(pairs);
  if (byId.size === pairs.length) return byId;
  const seen = new Set<string>();
  const twice = pairs.find(([id]) => seen.size === seen.add(id).size)![0];
  throw new BenchError("SAMPLE_TWICE", `sample '${twice}' stands in it more than once`, {
    file,
    path: twice,
  });
}
