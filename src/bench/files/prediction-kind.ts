import { BenchError } from "../../core/errors.ts";
import { readJson } from "../../core/files.ts";
import { readGivenJsonl } from "../../core/jsonl.ts";
import { readNpz } from "./npz.ts";
import { labelFields, reasonFields, sentimentFields } from "./predictions.ts";
import { parsePythonJson } from "./python-json.ts";
import { needFile, sources } from "./sources.ts";
import { readTable } from "./table.ts";

/** Labels that were read already, or answers in free text that are still to be read. */
export type PredictionKind = "labels" | "texts";

/**
 * What a file of predictions holds, by the names of its fields; a plain object from id to value by
 * its values: lists and sentiment words, or free text.
 * @throws BenchError `FILE_MISSING`, `PREDICTIONS_EMPTY`, `FIELD_MISSING` naming the fields it has
 */
export async function predictionKind(file: string): Promise<PredictionKind> {
  needFile(file, sources.predictions);
  const content = await contentOf(file);
  if ("values" in content) return kindOfValues(content.values);
  const { fields } = content;
  const has = (names: readonly string[]) => names.some((name) => fields.includes(name));
  if (has([...labelFields, ...sentimentFields, "fileitems"])) return "labels";
  if (has(reasonFields)) return "texts";
  const known = [...labelFields, ...sentimentFields, ...reasonFields].join(", ");
  throw new BenchError("FIELD_MISSING", "it holds no labels and no answers", {
    file,
    hint: `its fields: ${fields.join(", ")}; known: ${known}`,
  });
}

type Content = { fields: readonly string[] } | { values: readonly unknown[] };

async function contentOf(file: string): Promise<Content> {
  if (file.endsWith(".npz")) return { fields: [...readNpz(file).keys()] };
  if (!/\.jsonl?$/.test(file)) {
    const { columns, rows } = await readTable(file);
    return rows.length === 0 ? empty(file) : { fields: columns };
  }
  const content = file.endsWith(".jsonl")
    ? readGivenJsonl(file, parsePythonJson)
    : readJson(file, parsePythonJson);
  const values = Object.values((content ?? {}) as object);
  if (values.length === 0) return empty(file);
  return Array.isArray(content) ? { fields: Object.keys(content[0] ?? {}) } : { values };
}

function empty(file: string): never {
  throw new BenchError("PREDICTIONS_EMPTY", "there are no predictions in it", {
    file,
    hint: sources.predictions,
  });
}

/**
 * By most of them, for an extractor may reply something odd now and then: lists and words are no
 * sentences.
 */
function kindOfValues(values: readonly unknown[]): PredictionKind {
  const isLabel = (value: unknown) =>
    typeof value !== "string" || /^(\[.*|[^.!?。<]{0,40})$/s.test(value.trim());
  return 2 * values.filter(isLabel).length >= values.length ? "labels" : "texts";
}
