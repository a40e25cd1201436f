import { readNpz } from "../../../bench/files/npz.ts";
import {
  readLabelPredictions,
  readReasons,
  readSentimentPredictions,
} from "../../../bench/files/predictions.ts";
import { readTable } from "../../../bench/files/table.ts";
import { isSentimentSet, merSet } from "../../../bench/mer-unibench/sets.ts";
import type { ScoringMode } from "../../../bench/mer-unibench/types.ts";
import { isUnreadable, type Prediction } from "../../../bench/run/mer-unibench/labels.ts";
import type { PredictedSet } from "../../../bench/run/mer-unibench/result.ts";
import { countsOf } from "../../../bench/run/mer-unibench/run.ts";
import { type MerTestSet, merQuestionId } from "../../../bench/run/mer-unibench/test-set.ts";
import { checkIds } from "../../../bench/run/stored-responder.ts";
import { BenchError } from "../../../core/errors.ts";
import { readJson } from "../../../core/files.ts";
import { readJsonl } from "../../../core/jsonl.ts";
import type { SetFile } from "./set-files.ts";

/** Labels that were read elsewhere, one file a set and checkpoint; nothing is asked of anyone. */
export async function predictedSets(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  mode: ScoringMode,
): Promise<PredictedSet[]> {
  return Promise.all(
    testSets.map(async (testSet) => {
      const own = files.filter(({ set }) => set === testSet.set);
      const runs = await Promise.all(
        own.map(async ({ file, variant }) => ({
          checkpoint: variant,
          predictions: await readPredictions(testSet, file, mode),
        })),
      );
      const read = [...runs[0]!.predictions.values()];
      const unreadable = read.filter((one) => isUnreadable(testSet.set, one)).length;
      const { length } = testSet.samples;
      return { testSet, runs, counts: countsOf(length, length, unreadable, {}) };
    }),
  );
}

async function readPredictions(
  { set, samples }: MerTestSet,
  file: string,
  mode: ScoringMode,
): Promise<Map<string, Prediction>> {
  const predictions = isSentimentSet(set)
    ? new Map(
        [...(await readSentimentPredictions(file))].map(([id, sentiment]) => [
          id,
          { openset: "", sentiment },
        ]),
      )
    : new Map(
        [...(await readLabelPredictions(file))].map(([id, labels]) => [
          id,
          { openset: typeof labels === "string" ? labels : `[${(labels ?? []).join(", ")}]` },
        ]),
      );
  if (mode === "strict")
    checkIds(
      file,
      samples.map(({ id }) => id),
      predictions,
    );
  return predictions;
}

/** Free text made elsewhere, by question id. @throws BenchError `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA`. */
export async function storedTexts(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const { set, samples } of testSets) {
    const own = files.filter((one) => one.set === set);
    if (own.length !== 1) {
      throw new BenchError(
        "PREDICTIONS_FILES",
        `${merSet(set).title}: ${own.length} files of answers`,
        {
          hint: "give one file a set; several checkpoints can be scored once their labels are read",
        },
      );
    }
    const texts = await readReasons(own[0]!.file);
    checkIds(
      own[0]!.file,
      samples.map(({ id }) => id),
      texts,
    );
    for (const [id, text] of texts) answers.set(merQuestionId(set, id), text);
  }
  return answers;
}

/** Whether a file holds labels that were read already, rather than free text. */
export async function holdsLabels(file: string): Promise<boolean> {
  const names = await fieldsOf(file);
  return ["openset", "labels", "sentiment", "fileitems"].some((name) => names.includes(name));
}

async function fieldsOf(file: string): Promise<string[]> {
  if (file.endsWith(".npz")) return [...readNpz(file).keys()];
  if (file.endsWith(".jsonl")) return Object.keys(readJsonl<object>(file)[0] ?? {});
  if (file.endsWith(".json")) {
    const content = readJson<object>(file);
    return Object.keys((Array.isArray(content) ? content[0] : undefined) ?? {});
  }
  return [...(await readTable(file)).columns];
}
