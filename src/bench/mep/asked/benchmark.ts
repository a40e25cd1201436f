import { BenchError, ConfigError } from "../../../core/errors.ts";
import { readGivenJsonl } from "../../../core/jsonl.ts";
import { readText } from "../../../core/text.ts";
import type {
  Benchmark,
  Candidate,
  Exam,
  Grader,
  Outcome,
  Session,
  SharedOptions,
} from "../../port.ts";
import { decodeMepItems, type MepItems, mepItemsHash } from "../reference/items.ts";
import { mepPromptsHash } from "../reference/prompts.ts";
import { describeId } from "../reference/questions.ts";
import type { MepAnswered } from "./answer-cues.ts";
import { type MepOptions, mepOptions } from "./command-options.ts";
import { gradeAll, type MepTools, said } from "./grade.ts";
import { needClips, openMepQuestions } from "./open-questions.ts";

/** MEP-Bench on items with reference reasoning. */
export const mepBench = (tools: MepTools): Benchmark<MepOptions> => ({
  id: "mep",
  title: "MEP-Bench",
  description: "MEP-Bench: cues recovered, probes with and without the stream, claims under a mask",
  ownAsking: true,
  options: mepOptions(tools.embedderNames),
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
  return decodeMepItems(readText(items), items);
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
