import { readsBeyondBlock } from "../../../cues/description.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { answerNotes } from "../../ask/answer-notes.ts";
import type { Responder } from "../../ask/port.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { totalUsage } from "../../ask/usage.ts";
import type { Answered, Outcome, Session } from "../../port.ts";
import type { CueExtractor } from "../reference/extractors.ts";
import type { MepItems } from "../reference/items.ts";
import { defaultQuestionOptions } from "../reference/questions.ts";
import { type MepAnswer, scoreMep } from "../reference/score.ts";
import { isDescription, type MepAnswered, readAnswerCues } from "./answer-cues.ts";
import type { EmbedderChoice, MepOptions } from "./command-options.ts";
import { chosenSamples } from "./open-questions.ts";
import { mepResult } from "./result.ts";

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

/**
 * What one responder's answers amount to before cues are read; a server's carry settings and
 * tokens.
 */
export function said(answered: Answered, server: boolean, { prices }: Session): MepAnswered {
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
export async function gradeAll(
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

/** Descriptions that do not stand in one block of thinking, as they were asked for. */
export function blockNotes(answers: readonly MepAnswer[]): string[] {
  const count = answers.filter(
    ({ id, text }) => isDescription(id) && readsBeyondBlock(text),
  ).length;
  if (count === 0) return [];
  return [
    `${count} descriptions go beyond one block of thinking: everything before, between and after the blocks was read, answers apart.`,
  ];
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
    notes: [...result.notes, ...blockNotes(answers), ...notes],
  };
}
