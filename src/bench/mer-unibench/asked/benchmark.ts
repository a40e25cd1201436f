import { BenchError, ConfigError } from "../../../core/errors.ts";
import { answerNotes } from "../../ask/answer-notes.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { storedResponder } from "../../ask/stored-responder.ts";
import { readSynonyms } from "../../files/synonyms.ts";
import { readMappings } from "../../files/wheels.ts";
import type { EmotionMapping } from "../../mer-unibench/mapping.ts";
import { isBasicSet, isOpenSet, merSets } from "../../mer-unibench/sets.ts";
import { basicMapping } from "../../mer-unibench/taxonomy.ts";
import type { Benchmark, Exam, Finished, Grader, Session } from "../../port.ts";
import { type MerOptions, merOptions } from "./command-options.ts";
import { answerLabelReader, chatLabelReader, type LabelReader } from "./labels.ts";
import { kindOf, storedTexts } from "./predictions.ts";
import { merPromptsHash } from "./prompts.ts";
import { readSets } from "./read-sets.ts";
import { merResults } from "./result.ts";
import { readMerAnswers } from "./run.ts";
import { lastStages, type SetFile, setFiles } from "./set-files.ts";
import { type Scoring, shortNames, storedResults } from "./stored.ts";
import { type MerTestSet, merQuestions } from "./test-set.ts";

const emotionSets = merSets.filter(({ id }) => isBasicSet(id) || isOpenSet(id)).length;

export const merUniBench: Benchmark<MerOptions> = {
  id: "mer-unibench",
  title: "MER-UniBench",
  description: `MER-UniBench: emotion words on ${emotionSets} sets, sentiment on ${merSets.length - emotionSets}`,
  options: merOptions,
  async prepare(options, session) {
    const scoring = await scoringOf(options);
    const files = lastStages(setFiles(options.predictions ?? []));
    const testSets = await readSets(options, files);
    return (await kindOf(files)) === "labels"
      ? readElsewhere(testSets, files, scoring, options, session)
      : exam(testSets, files, scoring, options, session);
  },
};

async function scoringOf(options: MerOptions): Promise<Scoring> {
  const { synonyms } = options;
  return {
    mappings: await chosenMappings(options),
    mode: options.compat ? "compat" : "strict",
    ew: options.ewRules,
    ...(synonyms !== undefined && { synonyms: await readSynonyms(synonyms) }),
  };
}

/** Labels that were read elsewhere. */
async function readElsewhere(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  scoring: Scoring,
  { predictions = [] }: MerOptions,
  { extent }: Session,
): Promise<Finished> {
  const { folder, config, results } = await storedResults(testSets, files, scoring, {
    predictions,
    extent,
  });
  return { folder, config, outcome: { results, refusal: undefinedScores(results) } };
}

/** Answers of a model, or stored ones, whose labels a reader finds. */
async function exam(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  scoring: Scoring,
  options: MerOptions,
  session: Session,
): Promise<Exam> {
  const questions = testSets.flatMap(merQuestions);
  const stored = files.length > 0 ? await storedTexts(testSets, files) : undefined;
  const name = shortNames(options.predictions ?? []);
  return {
    questions: () => questions,
    ...(stored !== undefined && {
      responders: [{ stored: true, open: () => storedResponder(name, stored, questions) }],
    }),
    grader: () => grader(testSets, scoring, options, session),
  };
}

function grader(
  testSets: readonly MerTestSet[],
  scoring: Scoring,
  options: MerOptions,
  session: Session,
): Grader {
  const reader: LabelReader =
    options.labelsFrom === "answer" ? answerLabelReader : chatLabelReader(session.judge());
  const sets = testSets.map(({ set }) => set).join(" ");
  return {
    facts: { labels: reader.id, prompts: merPromptsHash, sets },
    async grade([answered]) {
      const { model, asked, settings, shown } = answered!;
      const { sets: predicted, usage } = await readMerAnswers(testSets, asked, reader, session);
      const results = merResults(predicted, {
        ...scoring,
        onUndefined: "note",
        model,
        labels: reader.id,
        asked: shown,
        settings,
        notes: [reader.note, ...answerNotes(asked.answers.values())],
        ...(usage && { usage }),
      });
      return { results, refusal: undefinedScores(results) };
    },
  };
}

/**
 * Results are written, numbers of the other sets among them; but a run without a score did not
 * succeed.
 */
function undefinedScores(results: readonly BenchmarkResult[]) {
  return (file: string): BenchError | undefined => {
    const reasons = results.flatMap(({ sets }) => sets.flatMap(({ unscored }) => unscored ?? []));
    if (reasons.length === 0) return undefined;
    return new BenchError("SCORE_UNDEFINED", `no score: ${[...new Set(reasons)].join("; ")}`, {
      file,
      hint: "the other sets have theirs; --compat gives what the official code gives",
    });
  };
}

/** @throws ConfigError `MAPPING_ABSENT` where the folder holds no such mapping. */
async function chosenMappings({ wheels, mapping }: MerOptions): Promise<EmotionMapping[]> {
  if (wheels === undefined) return [basicMapping()];
  const all = await readMappings(wheels);
  if (mapping === "both") return all;
  const id = mapping === "published" ? "unibench" : "mer2026";
  const chosen = all.filter((one) => one.id === id);
  if (chosen.length > 0) return chosen;
  throw new ConfigError("MAPPING_ABSENT", `no ${mapping} mapping lies here`, {
    file: wheels,
    hint: `there is: ${all.map((one) => one.id).join(", ")}`,
  });
}
