import type { TokenUsage } from "../../../endpoint/port.ts";
import { answerNotes } from "../../ask/answer-notes.ts";
import { type Asked, type AskOptions, askAll } from "../../ask/ask.ts";
import type { Journal } from "../../ask/journal.ts";
import type { Responder } from "../../ask/port.ts";
import { type BenchmarkResult, countsOf } from "../../ask/result.ts";
import type { RowFile } from "../../ask/row-file.ts";
import { runStage, type StageRow } from "../../ask/stage.ts";
import { type Prices, totalUsage } from "../../ask/usage.ts";
import { isUnreadable, type LabelReader, type Prediction, type ReadingFailure } from "./labels.ts";
import { merPromptsHash } from "./prompts.ts";
import type { PredictedSet } from "./result.ts";
import { type MerTestSet, merQuestionId, merQuestions } from "./test-set.ts";

export interface PredictedSets {
  sets: PredictedSet[];
  usage: BenchmarkResult["usage"];
  notes: string[];
}

export interface MerRunOptions extends AskOptions {
  prices?: Prices;
  /** Keeps readings: a run that is started again gives the same ones. */
  readings?: RowFile<StageRow<Reading>>;
  /** `guardAfter` of the reader; that of the model under test where not given. */
  readerGuardAfter?: number;
}

/** Asks the model under test about every sample, and reads its answers as labels. */
export async function predictMer(
  testSets: readonly MerTestSet[],
  responder: Responder,
  reader: LabelReader,
  journal: Journal,
  options: MerRunOptions,
): Promise<PredictedSets> {
  const asked = await askAll(testSets.flatMap(merQuestions), responder, journal, options);
  const toRead = testSets.flatMap(({ set, samples }) =>
    samples.flatMap(({ id }) => {
      const answer = asked.answers.get(merQuestionId(set, id));
      if (answer === undefined) return [];
      const { text } = answer;
      const content = { set, text, reader: reader.id, prompts: merPromptsHash };
      return [{ id: merQuestionId(set, id), content, set, text }];
    }),
  );
  const { readings: rows, readerGuardAfter = options.guardAfter } = options;
  const readings = await runStage(
    {
      step: "read labels",
      work: ({ set, text }) => reader.read(set, text),
      failure: (reading: Reading) => ("code" in reading ? reading : undefined),
      ...(rows !== undefined && { rows }),
    },
    toRead,
    { ...options, ...(readerGuardAfter !== undefined && { guardAfter: readerGuardAfter }) },
  );
  const byId = new Map(toRead.map(({ id }, index) => [id, readings[index]!]));
  const tokens = readings.map((reading) => ("usage" in reading ? reading.usage : undefined));
  return {
    sets: testSets.map((testSet) => predicted(testSet, asked, byId)),
    usage: totalUsage(asked.answers.values(), tokens, options.prices),
    notes: answerNotes(asked.answers.values()),
  };
}

export type Reading = (Prediction & { usage?: TokenUsage }) | ReadingFailure;

function predicted(
  testSet: MerTestSet,
  asked: Asked,
  readings: ReadonlyMap<string, Reading>,
): PredictedSet {
  const predictions = new Map<string, Prediction>();
  const failures: Record<string, number> = {};
  let unparseable = 0;
  for (const { id } of testSet.samples) {
    const question = merQuestionId(testSet.set, id);
    const reading = readings.get(question);
    if (reading !== undefined && "openset" in reading) {
      const { usage: _, ...prediction } = reading;
      predictions.set(id, prediction);
      if (isUnreadable(testSet.set, prediction)) unparseable++;
    } else {
      const { code } = reading ?? asked.failures.get(question)!;
      failures[code] = (failures[code] ?? 0) + 1;
    }
  }
  const counts = countsOf(testSet.samples.length, predictions.size, unparseable, failures);
  return { testSet, runs: [{ checkpoint: "run", predictions }], counts };
}
