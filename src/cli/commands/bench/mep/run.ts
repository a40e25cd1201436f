import { existsSync, readFileSync } from "node:fs";
import { Command, Option } from "@commander-js/extra-typings";
import type { Choice } from "../../../../bench/ask/choose.ts";
import type { BenchmarkResult } from "../../../../bench/ask/result.ts";
import { mepResult } from "../../../../bench/mep/asked/result.ts";
import { decodeMepItems, type MepItems } from "../../../../bench/mep/reference/items.ts";
import {
  defaultQuestionOptions,
  describeId,
  type MepMask,
  mepMasks,
} from "../../../../bench/mep/reference/questions.ts";
import { scoreMep } from "../../../../bench/mep/reference/score.ts";
import { BenchError, ConfigError, OppoError } from "../../../../core/errors.ts";
import { readJsonl } from "../../../../core/jsonl.ts";
import { cosine, wholeNumber } from "../../../numbers.ts";
import { askEndpoint, type MepEndpointOptions } from "../ask-endpoint.ts";
import {
  addJudgeOptions,
  addModelOptions,
  given,
  type JudgeOptions,
  type ModelOptions,
} from "../model-options.ts";
import { writeResults } from "../write.ts";
import { type Answered, askModel, chosenSamples, openMepQuestions } from "./ask.ts";
import { mepBuildCommand } from "./build.ts";
import { type ChatCueOptions, readAnswerCues } from "./chat-cues.ts";
import { openEmbeddedResponder } from "./embedded.ts";
import { type EmbedderChoice, embedderNames, extractorNamed, openMepEmbedder } from "./tools.ts";

export interface MepRunOptions
  extends EmbedderChoice,
    Partial<ModelOptions>,
    Partial<JudgeOptions>,
    Choice {
  items: string;
  out: string;
  mask: MepMask;
  extractor: string;
  thresholds: readonly number[];
  headline: number;
  clips?: string;
  /** Folders of trained systems, one row each. */
  run?: readonly string[];
  /** JSONL of answers, or of descriptions. */
  answers?: string;
  /** The same, by the name it has in the other benchmarks. */
  predictions?: string;
  /** What tables call the model. */
  name?: string;
}

/**
 * Runs trained systems of a run folder over an item set, or scores stored answers, and writes
 * `results.json`, `results.md` and `results.html`.
 */
export async function runMep(options: MepRunOptions): Promise<BenchmarkResult[]> {
  if (!existsSync(options.items)) {
    throw new OppoError("FILE_MISSING", "no such file", { file: options.items });
  }
  const items = decodeMepItems(readFileSync(options.items, "utf8"), options.items);
  const answered =
    options.run !== undefined
      ? await askPolicies(items, options.run, options)
      : isEndpoint(options)
        ? [await askEndpoint(items, options)]
        : [readAnswers(items, options)];
  const results = await scoreAnswered(items, answered, options);
  writeResults(options.out, results, options.name);
  return results;
}

const isEndpoint = (options: MepRunOptions): options is MepRunOptions & MepEndpointOptions =>
  options.model !== undefined;

/** One result a model, all matched by one embedder. */
async function scoreAnswered(
  items: MepItems,
  answered: readonly Answered[],
  options: MepRunOptions,
): Promise<BenchmarkResult[]> {
  const embedder = await openMepEmbedder(options);
  const only = chosenSamples(items, options);
  try {
    const results: BenchmarkResult[] = [];
    for (const one of answered) {
      const read = await cuesRead(one, options);
      const { model, answers, failures, usage, settings, notes = [] } = read.answered;
      const score = await scoreMep(items, answers, {
        extractor: read.extractor,
        embedder,
        thresholds: options.thresholds,
        headline: options.headline,
        questions: { ...defaultQuestionOptions, mask: options.mask },
        ...(only !== undefined && { only }),
      });
      const result = mepResult(model, score, {
        ...(failures !== undefined && { failures }),
        ...(usage !== undefined && { usage }),
      });
      results.push({
        ...result,
        protocol: { ...result.protocol, settings: { ...result.protocol.settings, ...settings } },
        notes: [...result.notes, ...notes],
      });
    }
    return results;
  } finally {
    await embedder.close?.();
  }
}

async function cuesRead(answered: Answered, options: MepRunOptions) {
  if (options.extractor !== "chat") {
    return { answered, extractor: extractorNamed(options.extractor) };
  }
  return readAnswerCues(answered, options as ChatCueOptions);
}

async function askPolicies(
  items: MepItems,
  runs: readonly string[],
  options: MepRunOptions,
): Promise<Answered[]> {
  const questions = await openMepQuestions(items, options);
  const answered: Answered[] = [];
  for (const run of runs) {
    const responder = await openEmbeddedResponder(run);
    try {
      answered.push(await askModel(items, questions, responder, options, { concurrency: 1 }));
    } finally {
      await responder.close?.();
    }
  }
  return answered;
}

/** Rows `{id, text}`; an id without "/" is a sample's, and its text a description of the whole clip. */
function readAnswers(items: MepItems, options: MepRunOptions): Answered {
  const { mask, limit, sample, seed } = options;
  const answers = options.answers ?? options.predictions;
  if (answers === undefined) {
    throw new ConfigError("MEP_MODEL", "nothing to score", {
      hint: "give --model and --base-url (a server), --run (a trained system's folder) or --answers (a JSONL file of id and text)",
    });
  }
  const samples = new Set(items.samples.map(({ id }) => id));
  const rows = readJsonl<{ id?: unknown; text?: unknown }>(answers).map(({ id, text }, index) => {
    if (typeof id !== "string" || typeof text !== "string") {
      throw new BenchError("MEP_ANSWER_ROW", "a row needs 'id' and 'text', both texts", {
        file: answers,
        line: index + 1,
      });
    }
    return { id: samples.has(id) ? describeId(id, "full", mask) : id, text };
  });
  const settings = given<Choice>({ limit, sample, ...(sample !== undefined && { seed }) });
  return { model: answers, answers: rows, settings: { ...settings } };
}

const numbers = (text: string): number[] => text.split(",").map(cosine);

/** `oppo bench mep`, with `build` below it. */
export const mepCommand = () =>
  addJudgeOptions(addModelOptions(mepOptions()))
    .action(async (options) => {
      if (options.items === undefined) {
        throw new ConfigError("MEP_ITEMS", "--items is missing", {
          hint: "`oppo bench mep build` freezes an item set",
        });
      }
      await runMep(given<MepRunOptions>(options));
    })
    .addCommand(mepBuildCommand());

const mepOptions = () =>
  new Command("mep")
    // Its options and those of `build` share names.
    .enablePositionalOptions()
    .description(
      "MEP-Bench: cues recovered, probes with and without the stream, claims under a mask",
    )
    .option("--items <file>", "item file of `oppo bench mep build`")
    .option("--run <folder...>", "trained systems of this project, for example runs/demo/oppo")
    .option("--answers <file>", "JSONL of stored answers: question id (or sample id) and text")
    .option("--predictions <file>", "the same as --answers")
    .option("--limit <n>", "the first so many samples", wholeNumber(1))
    .option(
      "--sample <n>",
      "so many samples, drawn in proportion to congruent ones",
      wholeNumber(1),
    )
    .option("--seed <text>", "seed of --sample", "sample")
    .option("--clips <folder>", "clips of the items")
    .option("--out <folder>", "folder for answers and results", "runs/mep")
    .addOption(
      new Option("--mask <variant>", "how a stream is hidden").choices(mepMasks).default("blank"),
    )
    .option(
      "--extractor <name>",
      "reads cues of answers: rules, sections, or chat (--judge-model)",
      "rules",
    )
    .option("--embedder <name>", `matches cues: ${embedderNames.join(", ")}`, "use-lite+concepts")
    .option("--embedder-base-url <url>", "OpenAI-compatible server of that embedding model")
    .option("--embedder-cache <file>", "JSONL file that keeps vectors")
    .option("--thresholds <list>", "cosines from which cues match", numbers, [0.5, 0.6, 0.7])
    .option("--headline <cosine>", "the threshold tables show", cosine, 0.6)
    .option(
      "--probe-tokens <n>",
      "length of a yes or no; models that think first need more",
      wholeNumber(1),
    )
    .option("--name <text>", "what tables call the model")
    .option("--retry-failed", "ask a server again what failed before")
    .option("--no-guard", "go on though all answers of a server are empty, alike or failed");
