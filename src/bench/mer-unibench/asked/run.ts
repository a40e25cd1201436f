import type { TokenUsage } from "../../../endpoint/port.ts";
import type { Asked } from "../../ask/ask.ts";
import { type BenchmarkResult, countsOf } from "../../ask/result.ts";
import { runStage } from "../../ask/stage.ts";
import { totalUsage } from "../../ask/usage.ts";
import type { Session } from "../../port.ts";
import { isUnreadable, type LabelReader, type Prediction, type ReadingFailure } from "./labels.ts";
import { merPromptsHash } from "./prompts.ts";
import type { PredictedSet } from "./result.ts";
import { type MerTestSet, merQuestionId } from "./test-set.ts";

export interface PredictedSets {
  sets: PredictedSet[];
  usage: BenchmarkResult["usage"];
}

/** Reads answers as labels. Readings are kept: a run that is started again gives the same ones. */
export async function readMerAnswers(
  testSets: readonly MerTestSet[],
  asked: Asked,
  reader: LabelReader,
  session: Session,
): Promise<PredictedSets> {
  const toRead = testSets.flatMap(({ set, samples }) =>
    samples.flatMap(({ id }) => {
      const answer = asked.answers.get(merQuestionId(set, id));
      if (answer === undefined) return [];
      const { text } = answer;
      const content = { set, text, reader: reader.id, prompts: merPromptsHash };
      return [{ id: merQuestionId(set, id), content, set, text }];
    }),
  );
  const readings = await runStage(
    {
      step: "read labels",
      work: ({ set, text }) => reader.read(set, text),
      failure: (reading: Reading) => ("code" in reading ? reading : undefined),
      rows: session.rows<Reading>("predictions"),
    },
    toRead,
    session.stage,
  );
  const byId = new Map(toRead.map(({ id }, index) => [id, readings[index]!]));
  const tokens = readings.map((reading) => ("usage" in reading ? reading.usage : undefined));
  return {
    sets: testSets.map((testSet) => predicted(testSet, asked, byId)),
    usage: totalUsage(asked.answers.values(), tokens, session.prices),
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
