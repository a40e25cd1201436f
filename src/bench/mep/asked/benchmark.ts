import { existsSync, readFileSync } from "node:fs";
import { BenchError, ConfigError, OppoError } from "../../../core/errors.ts";
import { readGivenJsonl } from "../../../core/jsonl.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { answerNotes } from "../../ask/answer-notes.ts";
import type { Choice } from "../../ask/choose.ts";
import type { Responder } from "../../ask/port.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { totalUsage } from "../../ask/usage.ts";
import type {
  Answered,
  Benchmark,
  Candidate,
  Exam,
  Grader,
  Outcome,
  Session,
  SharedOptions,
} from "../../port.ts";
import type { CueExtractor } from "../reference/extractors.ts";
import { decodeMepItems, type MepItems, mepItemsHash } from "../reference/items.ts";
import { mepPromptsHash } from "../reference/prompts.ts";
import {
  defaultQuestionOptions,
  describeId,
  type MepMask,
  mepMasks,
} from "../reference/questions.ts";
import { scoreMep } from "../reference/score.ts";
import { type MepAnswered, readAnswerCues } from "./answer-cues.ts";
import { chosenSamples, needClips, openMepQuestions } from "./open-questions.ts";
import { mepResult } from "./result.ts";

/** Which embedder matches cues; opened by whoever runs the benchmark. */
export interface EmbedderChoice {
  embedder: string;
  /** With a base URL the name is a model of that OpenAI-compatible server. */
  embedderBaseUrl?: string;
  /** JSONL file that keeps vectors. */
  embedderCache?: string;
}

export interface MepOptions extends EmbedderChoice, Choice {
  items?: string;
  /** Folders of trained systems, one row each. */
  run?: readonly string[];
  /** JSONL of answers, or of descriptions. */
  answers?: string;
  /** The same, by the name it has in the other benchmarks. */
  predictions?: string;
  clips?: string;
  mask: MepMask;
  extractor: string;
  thresholds: readonly number[];
  headline: number;
  probeTokens?: number;
}

/** What MEP-Bench needs of the program around it. */
export interface MepTools {
  openEmbedder(choice: EmbedderChoice): Promise<Embedder>;
  /** Names of embedders that need no server. */
  embedderNames: readonly string[];
  /** @throws ConfigError `EXTRACTOR_UNKNOWN`. */
  extractorNamed(name: string): CueExtractor;
  /** A trained system of a run folder as a model under test. */
  openSystem(folder: string): Promise<Responder>;
}

/** MEP-Bench on items with reference reasoning. */
export const mepBench = (tools: MepTools): Benchmark<MepOptions> => ({
  id: "mep",
  title: "MEP-Bench",
  description: "MEP-Bench: cues recovered, probes with and without the stream, claims under a mask",
  ownAsking: true,
  options: [
    { flags: "--items <file>", description: "item file of `oppo bench mep build`" },
    {
      flags: "--run <folder...>",
      description: "trained systems of this project, for example runs/demo/oppo",
    },
    {
      flags: "--answers <file>",
      description: "JSONL of stored answers: question id (or sample id) and text",
    },
    { flags: "--predictions <file>", description: "the same as --answers" },
    { flags: "--limit <n>", description: "the first so many samples", reads: "count" },
    {
      flags: "--sample <n>",
      description: "so many samples, drawn in proportion to congruent ones",
      reads: "count",
    },
    { flags: "--seed <text>", description: "seed of --sample", default: "sample" },
    { flags: "--clips <folder>", description: "clips of the items" },
    {
      flags: "--out <folder>",
      description: "folder for answers and results",
      default: "runs/mep",
    },
    {
      flags: "--mask <variant>",
      description: "how a stream is hidden",
      choices: mepMasks,
      default: "blank",
    },
    {
      flags: "--extractor <name>",
      description: "reads cues of answers: rules, sections, or chat (--judge-model)",
      default: "rules",
    },
    {
      flags: "--embedder <name>",
      description: `matches cues: ${tools.embedderNames.join(", ")}`,
      default: "use-lite+concepts",
    },
    {
      flags: "--embedder-base-url <url>",
      description: "OpenAI-compatible server of that embedding model",
    },
    { flags: "--embedder-cache <file>", description: "JSONL file that keeps vectors" },
    {
      flags: "--thresholds <list>",
      description: "cosines from which cues match",
      reads: "cosines",
      default: [0.5, 0.6, 0.7],
    },
    {
      flags: "--headline <cosine>",
      description: "the threshold tables show",
      reads: "cosine",
      default: 0.6,
    },
    {
      flags: "--probe-tokens <n>",
      description: "length of a yes or no; models that think first need more",
      reads: "count",
    },
    { flags: "--name <text>", description: "what tables call the model" },
    { flags: "--retry-failed", description: "ask a server again what failed before" },
    {
      flags: "--no-guard",
      description: "go on though all answers of a server are empty, alike or failed",
    },
  ],
  async prepare(options, session) {
    const items = readItems(options);
    const grade = (answered: readonly MepAnswered[]) =>
      gradeAll(items, answered, options, tools, session);
    if (options.run === undefined && options.model === undefined) {
      return { outcome: await grade([readAnswers(items, options)]) };
    }
    return exam(items, options, tools, session, grade);
  },
});

function readItems({ items }: MepOptions): MepItems {
  if (items === undefined) {
    throw new ConfigError("MEP_ITEMS", "--items is missing", {
      hint: "`oppo bench mep build` freezes an item set",
    });
  }
  if (!existsSync(items)) throw new OppoError("FILE_MISSING", "no such file", { file: items });
  return decodeMepItems(readFileSync(items, "utf8"), items);
}

function exam(
  items: MepItems,
  options: MepOptions & SharedOptions,
  { openSystem }: MepTools,
  session: Session,
  grade: (answered: readonly MepAnswered[]) => Promise<Outcome>,
): Exam {
  const { run, mask, probeTokens } = options;
  const clips = needClips(items, options);
  const questions = () => openMepQuestions(items, clips, options, session.progress);
  const facts = { items: mepItemsHash(items), prompts: mepPromptsHash, mask };
  const graded: Grader["grade"] = (answered) =>
    grade(answered.map((one) => said(one, run === undefined, session)));
  if (run !== undefined) {
    return {
      questions,
      ownLengths: true,
      responders: run.map((folder): Candidate => ({ local: true, open: () => openSystem(folder) })),
      folderOf: (responder) => `${responder.replace(/[^\w.-]+/g, "_")}-${mask}`,
      grader: () => ({ facts, grade: graded }),
    };
  }
  return {
    questions,
    ownLengths: true,
    folderOf: (responder) => responder.replaceAll(/[^\w.-]+/g, "_"),
    grader: () => ({
      facts,
      settings: probeTokens === undefined ? {} : { "probe tokens": probeTokens },
      grade: graded,
    }),
  };
}

/**
 * What one responder's answers amount to before cues are read; a server's carry settings and
 * tokens.
 */
function said(answered: Answered, server: boolean, { prices }: Session): MepAnswered {
  const { model, asked, settings } = answered;
  const failures: Record<string, number> = {};
  for (const { code } of asked.failures.values()) failures[code] = (failures[code] ?? 0) + 1;
  const usage = totalUsage(asked.answers.values(), [], prices);
  return {
    model,
    answers: [...asked.answers].map(([id, { text }]) => ({ id, text })),
    ...(server && { settings, notes: answerNotes(asked.answers.values()) }),
    ...(asked.failures.size > 0 && { failures }),
    ...(server && usage && { usage }),
  };
}

/** One result a model, all matched by one embedder. */
async function gradeAll(
  items: MepItems,
  answered: readonly MepAnswered[],
  options: MepOptions,
  tools: MepTools,
  session: Session,
): Promise<Outcome> {
  const embedder = await tools.openEmbedder(options);
  try {
    const results: BenchmarkResult[] = [];
    for (const one of answered) {
      const read =
        options.extractor === "chat"
          ? await readAnswerCues(one, session)
          : { answered: one, extractor: tools.extractorNamed(options.extractor) };
      results.push(await gradeOne(items, read, embedder, options));
    }
    return { results };
  } finally {
    await embedder.close?.();
  }
}

async function gradeOne(
  items: MepItems,
  { answered, extractor }: { answered: MepAnswered; extractor: CueExtractor },
  embedder: Embedder,
  options: MepOptions,
): Promise<BenchmarkResult> {
  const { model, answers, failures, usage, settings, notes = [] } = answered;
  const only = chosenSamples(items, options);
  const score = await scoreMep(items, answers, {
    extractor,
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
  return {
    ...result,
    protocol: { ...result.protocol, settings: { ...result.protocol.settings, ...settings } },
    notes: [...result.notes, ...notes],
  };
}

/**
 * Rows `{id, text}`; an id without "/" is a sample's, and its text a description of the whole clip.
 */
function readAnswers(items: MepItems, options: MepOptions): MepAnswered {
  const { mask, limit, sample, seed } = options;
  const answers = options.answers ?? options.predictions;
  if (answers === undefined) {
    throw new ConfigError("MEP_MODEL", "nothing to score", {
      hint: "give --model and --base-url (a server), --run (a trained system's folder) or --answers (a JSONL file of id and text)",
    });
  }
  const samples = new Set(items.samples.map(({ id }) => id));
  const rows = readGivenJsonl<{ id?: unknown; text?: unknown }>(answers).map(
    ({ id, text }, index) => {
      if (typeof id !== "string" || typeof text !== "string") {
        throw new BenchError("MEP_ANSWER_ROW", "a row needs 'id' and 'text', both texts", {
          file: answers,
          line: index + 1,
        });
      }
      return { id: samples.has(id) ? describeId(id, "full", mask) : id, text };
    },
  );
  const settings = {
    ...(limit !== undefined && { limit }),
    ...(sample !== undefined && { sample, ...(seed !== undefined && { seed }) }),
  };
  return { model: answers, answers: rows, settings };
}
