import { BenchError, ConfigError } from "../../../core/errors.ts";
import { answerNotes } from "../../ask/answer-notes.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { storedResponder } from "../../ask/stored-responder.ts";
import { readSynonyms } from "../../files/synonyms.ts";
import { readMappings } from "../../files/wheels.ts";
import type { EmotionMapping } from "../../mer-unibench/mapping.ts";
import { isBasicSet, isOpenSet, merSets } from "../../mer-unibench/sets.ts";
import { basicMapping } from "../../mer-unibench/taxonomy.ts";
import type { MerSetId } from "../../mer-unibench/types.ts";
import type { Benchmark, Exam, Finished, Grader, Session, SharedOptions } from "../../port.ts";
import { merSetsIn, readMerTestSet, readMerTruth } from "./data.ts";
import { answerLabelReader, chatLabelReader, type LabelReader } from "./labels.ts";
import { merLayouts } from "./layouts.ts";
import { kindOf, storedTexts } from "./predictions.ts";
import { merPromptsHash } from "./prompts.ts";
import { merResults } from "./result.ts";
import { readMerAnswers } from "./run.ts";
import { lastStages, type SetFile, setFiles, unknownSet } from "./set-files.ts";
import { type Scoring, shortNames, storedResults } from "./stored.ts";
import { chooseSamples, type MerTestSet, merQuestions } from "./test-set.ts";

export interface MerOptions {
  data?: string;
  labels?: string[];
  sets?: string[];
  predictions?: string[];
  wheels?: string;
  mapping: "published" | "corrected" | "both";
  compat?: boolean;
  ewRules: "unibench" | "mer2026";
  synonyms?: string;
  labelsFrom: "model" | "answer";
}

const emotionSets = merSets.filter(({ id }) => isBasicSet(id) || isOpenSet(id)).length;

export const merUniBench: Benchmark<MerOptions> = {
  id: "mer-unibench",
  title: "MER-UniBench",
  description: `MER-UniBench: emotion words on ${emotionSets} sets, sentiment on ${merSets.length - emotionSets}`,
  options: [
    {
      flags: "--data <folder>",
      description: "test sets with clips, as MERBench's scripts prepare them",
    },
    {
      flags: "--labels <file...>",
      description: "true labels alone: folder, <set>.json, or set=file",
    },
    {
      flags: "--sets <id...>",
      description: `only these: ${merSets.map(({ id }) => id).join(", ")}`,
    },
    {
      flags: "--predictions <file...>",
      description: "stored answers or labels: folder, file or set=file",
    },
    {
      flags: "--wheels <folder>",
      description: "the authors' word lists; without them a small list of ours",
    },
    {
      flags: "--mapping <edition>",
      description: "word lists as published, corrected, or both",
      choices: ["published", "corrected", "both"],
      default: "both",
    },
    { flags: "--compat", description: "inputs and failures as in the official code" },
    {
      flags: "--ew-rules <edition>",
      description: "EW metric as UniBench or as MER2026 computes it",
      choices: ["unibench", "mer2026"],
      default: "unibench",
    },
    {
      flags: "--synonyms <file>",
      description: "adds MER2024-OV's set-level score, by these synonym groups",
    },
    {
      flags: "--labels-from <reader>",
      description: "emotion words by a second model, or <answer>",
      choices: ["model", "answer"],
      default: "model",
    },
  ],
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

async function readSets(
  options: MerOptions & SharedOptions,
  files: readonly SetFile[],
): Promise<MerTestSet[]> {
  const { data, labels } = options;
  const truths = setFiles(labels ?? []);
  const present = data !== undefined ? merSetsIn(data) : [...new Set(truths.map(({ set }) => set))];
  const wanted = options.sets?.map(setNamed) ?? present;
  const chosen = merSets
    .map(({ id }) => id)
    .filter((id) => wanted.includes(id))
    .filter((id) => files.length === 0 || files.some(({ set }) => set === id));
  if (chosen.length === 0) throw noSets(options);
  const sets = await Promise.all(
    chosen.map((set) => {
      const truth = truths.find((one) => one.set === set);
      if (truth !== undefined) return readMerTruth(set, truth.file);
      if (data !== undefined) return readMerTestSet(data, set);
      throw new BenchError("LABELS_MISSING", `no label file of set '${set}'`, {
        hint: "give --labels set=file, or --data with the set's folder",
      });
    }),
  );
  return sets.map((set) => chooseSamples(set, options));
}

function noSets({ data }: MerOptions): BenchError {
  const folders = merSets.map(({ id }) => merLayouts[id].folder).join(", ");
  return new BenchError("SETS_NONE", "no test set to run", {
    ...(data !== undefined && { file: data }),
    hint: `--data holds folders such as ${folders}; each corpus comes from its owners under their licence (docs/benchmarks.md)`,
  });
}

function setNamed(name: string): MerSetId {
  const found = merSets.find(({ id }) => id === name);
  if (!found) throw unknownSet(name);
  return found.id;
}
