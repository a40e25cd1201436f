import { BenchError } from "../../core/errors.ts";
import type { LabelMap, Labels, SentimentMap } from "../mer-unibench/index.ts";
import { readRecords } from "./records.ts";
import { sources } from "./sources.ts";

/** Where files keep each kind of prediction, best first. */
export const reasonFields = ["name2reason", "reason", "response", "answer", "text"] as const;
export const labelFields = ["openset", "labels"] as const;
export const sentimentFields = ["sentiment"] as const;

/**
 * Free-text answers: `X.npz` {name2reason}, or records with `reason`, `response`, `answer` or
 * `text`.
 */
export async function readReasons(file: string): Promise<Map<string, string>> {
  return mapValues(await readRecords(file, reasonFields, sources.predictions), file, text);
}

/** Label lists: `X-openset.npz` {filenames, fileitems}, or records with `openset` or `labels`. */
export async function readLabelPredictions(file: string): Promise<LabelMap> {
  const records = await readRecords(file, labelFields, sources.predictions);
  return mapValues(records, file, labels);
}

/** Sentiments: `X-openset-sentiment.npz`, or records with `sentiment`. */
export async function readSentimentPredictions(file: string): Promise<SentimentMap> {
  return mapValues(await readRecords(file, sentimentFields, sources.predictions), file, text);
}

export function mapValues<T>(
  records: ReadonlyMap<string, unknown>,
  file: string,
  read: (value: unknown, id: string, file: string) => T,
): Map<string, T> {
  return new Map([...records].map(([id, value]) => [id, read(value, id, file)]));
}

function text(value: unknown, id: string, file: string): string {
  if (typeof value === "string") return value;
  throw badValue(value, id, file, "text");
}

/** A list as text or as a list of words; nothing where there is no answer. */
export function labels(value: unknown, id: string, file: string): Labels {
  if (value === null || value === undefined || Number.isNaN(value)) return null;
  if (typeof value === "string") return value;
  if (Array.isArray(value) && value.every((word) => typeof word === "string")) return value;
  throw badValue(value, id, file, "a label list");
}

export function badValue(value: unknown, id: string, file: string, wanted: string): BenchError {
  const shown = JSON.stringify(value, (_, inner) =>
    inner instanceof Map ? Object.fromEntries(inner) : inner,
  );
  return new BenchError("VALUE_KIND", `sample '${id}': ${shown?.slice(0, 60)} is not ${wanted}`, {
    file,
    path: id,
  });
}
