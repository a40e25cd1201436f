import { join } from "node:path";
import { type Comparison, compareValues, joinComparisons } from "../../../core/compare-values.ts";
import { BenchError } from "../../../core/errors.ts";
import { readJson } from "../../../core/files.ts";
import {
  cleanResponse,
  type EmotionMapping,
  type Labels,
  orFailure,
  type RecordedLabels,
  readSynonymGroups,
  recomputeLabels,
  recomputeMer2026,
  recomputeSentiment,
  setLevelScore,
  stringToList,
} from "../../mer-unibench/index.ts";
import { readLabelPredictions } from "../predictions.ts";
import { readRecords } from "../records.ts";
import { sources } from "../sources.ts";
import { readMapping } from "../wheels.ts";
import { type LabelCase, recordedLabels, type SentimentCase, type TextCase } from "./recorded.ts";
import { each, type RowsComparison } from "./rows.ts";

/** Opens mappings once for several files. */
export class Mappings {
  readonly #folder: string;
  readonly #open = new Map<string, Promise<EmotionMapping>>();

  /** @param data folder that holds `emotion_wheel/unibench` and `emotion_wheel/mer2026` */
  constructor(data: string) {
    this.#folder = join(data, "emotion_wheel");
  }

  get(name: "unibench" | "mer2026"): Promise<EmotionMapping> {
    const known = this.#open.get(name) ?? readMapping(join(this.#folder, name));
    this.#open.set(name, known);
    return known;
  }
}

export function checkStringToList(cases: TextCase<Labels>[]): RowsComparison {
  return each(cases, (row, place) =>
    compareValues(
      recordedOf(row),
      orFailure(() => stringToList(row.in, "compat")),
      place,
    ),
  );
}

export function checkCleanResponse(cases: TextCase<string>[]): RowsComparison {
  return each(cases, (row, place) => compareValues(recordedOf(row), cleanResponse(row.in), place));
}

/** The recorded output; an exception is a value as well: `{error: "IndexError"}`. */
function recordedOf(row: TextCase<unknown>): unknown {
  if (row.out !== undefined) return row.out;
  if (row.error !== undefined) return { error: row.error };
  throw new BenchError("PARITY_SHAPE", "the row has neither out nor error");
}

export function checkLabelCases(cases: LabelCase[], mapping: EmotionMapping): RowsComparison {
  return each(cases, (row) =>
    compareValues(row.expected, recomputeLabels(recordedLabels(row), mapping), row.id),
  );
}

/** Recorded under MER2026's rules for the inputs of `inputs`, by id. */
export function checkMer2026Cases(
  cases: { id: string; expected: object }[],
  inputs: LabelCase[],
  mapping: EmotionMapping,
): RowsComparison {
  return each(cases, ({ id, expected }) => {
    const input = inputs.find((row) => row.id === id);
    if (input === undefined) {
      throw new BenchError("PARITY_SHAPE", `no input for the recorded case '${id}'`, {
        hint: "its inputs stand in ew/cases.json",
      });
    }
    return compareValues(expected, recomputeMer2026(recordedLabels(input), mapping), id);
  });
}

export function checkSentimentCases({ cases }: { cases: SentimentCase[] }): RowsComparison {
  return each(cases, ({ id, name2gt, name2sentiment, ...row }) => {
    const got = recomputeSentiment(
      new Map(Object.entries(name2gt)),
      new Map(Object.entries(name2sentiment)),
    );
    const { expected, expected_reimpl_sklearn_ge_1_3 } = row;
    const recorded =
      expected_reimpl_sklearn_ge_1_3 === undefined
        ? { expected }
        : { expected, expected_reimpl_sklearn_ge_1_3 };
    return compareValues(recorded, got, id);
  });
}

/** Whole runs, whose inputs lie in the data folder: "mer2023:AffectGPT:000050", or MER2024-OV's. */
export async function checkFullRuns(
  runs: Record<string, object>,
  data: string,
  mapping: EmotionMapping,
): Promise<Comparison> {
  const parts = Object.entries(runs).map(async ([key, expected]) =>
    compareValues(expected, recomputeLabels(await runInput(key, data), mapping), key),
  );
  return joinComparisons(await Promise.all(parts));
}

async function runInput(key: string, data: string): Promise<RecordedLabels> {
  if (key === "mer2024_ov_predict_csv") return ovStore(data);
  const [set, , epoch] = key.split(":");
  const labels = await readRecords(join(data, "labels", `${set}.json`), ["label"], sources.labels);
  const outputs = join(data, "affectgpt_outputs", `${set}.epoch${epoch}.jsonl`);
  return {
    truth: labels as ReadonlyMap<string, string>,
    predictions: await readLabelPredictions(outputs),
  };
}

async function ovStore(data: string): Promise<RecordedLabels> {
  const folder = join(data, "mer2024_ov_store");
  return {
    truth: await readLabelPredictions(join(folder, "check-openset.csv")),
    predictions: await readLabelPredictions(join(folder, "predict-openset.csv")),
  };
}

export interface RecordedSetLevel {
  set_level_accuracy: number;
  recall: number;
  avg: number;
  /** "readme states a / b / c": the authors' own output. */
  note?: string;
}

/**
 * MER2024-OV's set-level score of the stored predictions. The authors' own output and a re-run of
 * their code differ in the last bit (samples added in another order), so a value may equal either.
 */
export async function checkSetLevel(recorded: RecordedSetLevel, data: string): Promise<Comparison> {
  const { truth, predictions } = await ovStore(data);
  const texts = readJson<Record<string, string>>(
    join(data, "mer2024_ov_store", "openset-synonym.json"),
  );
  const groups = new Map(
    Object.entries(texts).map(([id, text]) => [id, readSynonymGroups(text)] as const),
  );
  const { precision, recall, average } = setLevelScore(truth, predictions, groups);
  const [byAuthors] = [...(recorded.note ?? "").matchAll(/readme states ([\d./ ]+)/g)];
  const authors = (byAuthors?.[1] ?? "").split("/").map(Number);
  const got = { set_level_accuracy: precision, recall, avg: average };
  return joinComparisons(
    (["set_level_accuracy", "recall", "avg"] as const).map((key, index) =>
      compareValues(authors[index] === got[key] ? authors[index] : recorded[key], got[key], key),
    ),
  );
}
