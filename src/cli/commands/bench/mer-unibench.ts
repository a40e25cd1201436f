import { join } from "node:path";
import { Command, Option } from "@commander-js/extra-typings";
import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import { storedResponder } from "../../../bench/ask/stored-responder.ts";
import { readSynonyms } from "../../../bench/files/synonyms.ts";
import { readMappings } from "../../../bench/files/wheels.ts";
import { merSetsIn, readMerTestSet, readMerTruth } from "../../../bench/mer-unibench/asked/data.ts";
import {
  answerLabelReader,
  chatLabelReader,
  type LabelReader,
} from "../../../bench/mer-unibench/asked/labels.ts";
import { merLayouts } from "../../../bench/mer-unibench/asked/layouts.ts";
import { kindOf, storedTexts } from "../../../bench/mer-unibench/asked/predictions.ts";
import { merPromptsHash } from "../../../bench/mer-unibench/asked/prompts.ts";
import { merResults } from "../../../bench/mer-unibench/asked/result.ts";
import { predictMer } from "../../../bench/mer-unibench/asked/run.ts";
import {
  lastStages,
  type SetFile,
  setFiles,
  unknownSet,
} from "../../../bench/mer-unibench/asked/set-files.ts";
import {
  chooseSamples,
  type MerTestSet,
  merQuestions,
} from "../../../bench/mer-unibench/asked/test-set.ts";
import type { EmotionMapping } from "../../../bench/mer-unibench/mapping.ts";
import { isBasicSet, isOpenSet, merSets } from "../../../bench/mer-unibench/sets.ts";
import { basicMapping } from "../../../bench/mer-unibench/taxonomy.ts";
import type { MerSetId, ScoringMode } from "../../../bench/mer-unibench/types.ts";
import { BenchError, ConfigError } from "../../../core/errors.ts";
import { progressPrinter } from "../../print.ts";
import { type Scoring, shortNames, storedResults } from "./mer-stored.ts";
import {
  type AskingOptions,
  addAskingOptions,
  addJudgeOptions,
  addModelOptions,
  given,
  type JudgeOptions,
  type ModelOptions,
  pricesOf,
} from "./model-options.ts";
import { openJudge, openModel } from "./open-model.ts";
import { openRun, openStageRows, runFolder } from "./run-folder.ts";
import { settingsOf } from "./settings.ts";
import { writeResults } from "./write.ts";

export interface MerOptions extends ModelOptions, JudgeOptions, AskingOptions {
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

/** Runs MER-UniBench, or scores stored answers, and writes results. */
export async function runMerUniBench(options: MerOptions): Promise<BenchmarkResult[]> {
  const mode: ScoringMode = options.compat ? "compat" : "strict";
  const { synonyms } = options;
  const scoring: Scoring = {
    mappings: await chosenMappings(options),
    mode,
    ew: options.ewRules,
    ...(synonyms !== undefined && { synonyms: await readSynonyms(synonyms) }),
  };
  const files = lastStages(setFiles(options.predictions ?? []));
  const testSets = await readSets(options, files);
  const stored = (await kindOf(files)) === "labels";
  const { out, results } = stored
    ? await storedResults(testSets, files, scoring, options)
    : await askedResults(testSets, files, scoring, options);
  writeResults(out, results, options.name);
  refuseUndefined(out, results);
  return results;
}

/** Results are written, numbers of the other sets among them; but a run without a score did not succeed. */
function refuseUndefined(out: string, results: readonly BenchmarkResult[]): void {
  const reasons = results.flatMap(({ sets }) => sets.flatMap(({ unscored }) => unscored ?? []));
  if (reasons.length === 0) return;
  throw new BenchError("SCORE_UNDEFINED", `no score: ${[...new Set(reasons)].join("; ")}`, {
    file: join(out, "results.json"),
    hint: "the other sets have theirs; --compat gives what the official code gives",
  });
}

async function askedResults(
  testSets: readonly MerTestSet[],
  files: readonly SetFile[],
  scoring: Scoring,
  options: MerOptions,
): Promise<{ out: string; results: BenchmarkResult[] }> {
  const out = runFolder(options, "mer-unibench", options.model ?? "predictions");
  const reader: LabelReader =
    options.labelsFrom === "answer" ? answerLabelReader : chatLabelReader(openJudge(options, out));
  const stored = files.length > 0 ? await storedTexts(testSets, files) : undefined;
  const { responder, clips } =
    stored === undefined
      ? openModel(options)
      : {
          responder: storedResponder(
            shortNames(options.predictions ?? []),
            stored,
            testSets.flatMap(merQuestions),
          ),
          clips: undefined,
        };
  const settings = settingsOf(options, clips !== undefined);
  const sets = testSets.map(({ set }) => set).join(" ");
  const journal = openRun(out, {
    benchmark: "mer-unibench",
    model: responder.id,
    labels: reader.id,
    prompts: merPromptsHash,
    sets,
    ...settings,
  });
  const progress = progressPrinter();
  const {
    sets: predicted,
    usage,
    notes,
  } = await predictMer(testSets, responder, reader, journal, {
    concurrency: options.concurrency,
    retryFailed: options.retryFailed === true,
    guardAfter: options.guard && stored === undefined ? 20 : 0,
    readerGuardAfter: options.guard ? 20 : 0,
    readings: openStageRows(out, "predictions"),
    progress,
    prices: pricesOf(options),
    ...(clips !== undefined && options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
  });
  const results = merResults(predicted, {
    ...scoring,
    onUndefined: "note",
    model: responder.id,
    labels: reader.id,
    asked: stored === undefined,
    settings,
    notes: [reader.note, ...notes],
    ...(usage && { usage }),
  });
  return { out, results };
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

async function readSets(options: MerOptions, files: readonly SetFile[]): Promise<MerTestSet[]> {
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

const emotionSets = merSets.filter(({ id }) => isBasicSet(id) || isOpenSet(id)).length;

/** `oppo bench mer-unibench`. */
export const merUniBenchCommand = () =>
  addJudgeOptions(
    addAskingOptions(
      addModelOptions(
        new Command("mer-unibench")
          .description(
            `MER-UniBench: emotion words on ${emotionSets} sets, sentiment on ${merSets.length - emotionSets}`,
          )
          .option("--data <folder>", "test sets with clips, as MERBench's scripts prepare them")
          .option("--labels <file...>", "true labels alone: folder, <set>.json, or set=file")
          .option("--sets <id...>", `only these: ${merSets.map(({ id }) => id).join(", ")}`)
          .option("--predictions <file...>", "stored answers or labels: folder, file or set=file")
          .option("--wheels <folder>", "the authors' word lists; without them a small list of ours")
          .addOption(
            new Option("--mapping <edition>", "word lists as published, corrected, or both")
              .choices(["published", "corrected", "both"] as const)
              .default("both" as const),
          )
          .option("--compat", "inputs and failures as in the official code")
          .addOption(
            new Option("--ew-rules <edition>", "EW metric as UniBench or as MER2026 computes it")
              .choices(["unibench", "mer2026"] as const)
              .default("unibench" as const),
          )
          .option("--synonyms <file>", "adds MER2024-OV's set-level score, by these synonym groups")
          .addOption(
            new Option("--labels-from <reader>", "emotion words by a second model, or <answer>")
              .choices(["model", "answer"] as const)
              .default("model" as const),
          ) as unknown as Command,
      ),
    ),
  ).action(async (options) => {
    await runMerUniBench(given<MerOptions>(options));
  });
