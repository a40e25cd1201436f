import { BenchError } from "../../../core/errors.ts";
import { countsOf } from "../../ask/result.ts";
import { checkIds } from "../../ask/stored-responder.ts";
import { type PredictionKind, predictionKind } from "../../files/prediction-kind.ts";
import {
  readLabelPredictions,
  readReasons,
  readSentimentPredictions,
} from "../../files/predictions.ts";
import { isSentimentSet, merSet } from "../sets.ts";
import type { ScoringMode } from "../types.ts";
import type { Prediction } from "./labels.ts";
import type { PredictedSet } from "./result.ts";
import type { SetFile } from "./set-files.ts";
import { type MerSample, type MerTestSet, merQuestionId } from "./test-set.ts";

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
      const { length } = testSet.samples;
      return { testSet, runs, counts: countsOf(length, length, 0, {}) };
    }),
  );
}

async function readPredictions(
  { set, samples, whole }: MerTestSet,
  file: string,
  mode: ScoringMode,
): Promise<ReadonlyMap<string, Prediction>> {
  const all = isSentimentSet(set)
    ? mapped(await readSentimentPredictions(file), (sentiment) => ({ openset: null, sentiment }))
    : mapped(await readLabelPredictions(file), (openset) => ({ openset }));
  const predictions = ofChoice(whole, samples, all);
  if (mode === "strict") {
    const ids = samples.map(({ id }) => id);
    checkIds(file, ids, predictions);
  }
  return predictions;
}

const mapped = <From, To>(values: ReadonlyMap<string, From>, to: (value: From) => To) =>
  new Map([...values].map(([id, value]) => [id, to(value)]));

/**
 * Without what belongs to the set but not to the part of it that was chosen (`--limit`,
 * `--sample`).
 */
function ofChoice<Value>(
  whole: ReadonlySet<string> = new Set(),
  samples: readonly MerSample[],
  values: ReadonlyMap<string, Value>,
): Map<string, Value> {
  const chosen = new Set(samples.map(({ id }) => id));
  return new Map([...values].filter(([id]) => chosen.has(id) || !whole.has(id)));
}

/**
 * Free text made elsewhere, by question id. @throws BenchError `PREDICTIONS_MISSING`,
 * `PREDICTIONS_EXTRA`.
 */
export async function storedTexts(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const { set, samples, whole } of testSets) {
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
    const texts = ofChoice(whole, samples, await readReasons(own[0]!.file));
    checkIds(
      own[0]!.file,
      samples.map(({ id }) => id),
      texts,
    );
    for (const [id, text] of texts) answers.set(merQuestionId(set, id), text);
  }
  return answers;
}

/**
 * What the files hold, all of them. Undefined where there are none.
 * @throws BenchError `PREDICTIONS_KINDS`, and as `predictionKind`.
 */
export async function kindOf(files: readonly SetFile[]): Promise<PredictionKind | undefined> {
  const kinds = await Promise.all(files.map(({ file }) => predictionKind(file)));
  const other = kinds.findIndex((kind) => kind !== kinds[0]);
  if (other === -1) return kinds[0];
  const named = { labels: "labels that were read", texts: "answers in free text" };
  throw new BenchError("PREDICTIONS_KINDS", `it holds ${named[kinds[other]!]}`, {
    file: files[other]!.file,
    hint: `${files[0]!.file} holds ${named[kinds[0]!]}; score them apart`,
  });
}
