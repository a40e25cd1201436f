import type { BenchmarkResult } from "../../ask/result.ts";
import { runStage } from "../../ask/stage.ts";
import { totalUsage } from "../../ask/usage.ts";
import type { Session, Settings } from "../../port.ts";
import type { CueExtractor, ExtractedCues } from "../reference/extractors.ts";
import type { MepAnswer } from "../reference/score.ts";
import { type ChatCueReader, chatCueReader, type ReadCues } from "./chat-cues.ts";

/** What one model said. */
export interface MepAnswered {
  model: string;
  answers: MepAnswer[];
  /** Questions without an answer, by error code. */
  failures?: Record<string, number>;
  usage?: NonNullable<BenchmarkResult["usage"]>;
  /** How it was asked, as far as answers depend on it. */
  settings?: Settings;
  notes?: readonly string[];
}

/** Whether a question asks for a description of the clip. */
export const isDescription = (id: string): boolean => /\/describe\/[^/]+(?:\/[^/]+)?$/.test(id);

/**
 * Cues of a model's descriptions, read by the second model. A description whose cues could not be
 * read counts as a failed answer, under the reader's code, and not as one without cues.
 * @returns `leftOut`: phrases that the reader refused, over all descriptions
 * @throws ConfigError `JUDGE_MISSING`; GuardError `STAGE_FAILS`.
 */
export async function readAnswerCues(
  answered: MepAnswered,
  session: Session,
  reader: ChatCueReader = chatCueReader,
): Promise<{ answered: MepAnswered; extractor: CueExtractor; leftOut: number }> {
  const chat = session.judge();
  const id = reader.id(chat);
  const items = answered.answers
    .filter((answer) => isDescription(answer.id))
    .map((answer) => ({
      id: `${answered.model}: ${answer.id}`,
      content: { text: answer.text, reader: id },
      answer,
    }));
  const read = await runStage(
    {
      step: "read cues",
      rows: session.rows<ReadCues>("cues"),
      work: ({ answer }, again) => reader.read(chat, answer.text, again),
      failure: (one: ReadCues) => ("code" in one ? one : undefined),
    },
    items,
    session.stage,
  );
  const cues = new Map<string, ExtractedCues>();
  const lost = new Set<string>();
  const failures: Record<string, number> = { ...answered.failures };
  let leftOut = 0;
  for (const [index, one] of read.entries()) {
    const { answer } = items[index]!;
    if ("cues" in one) {
      cues.set(answer.text, one.cues);
      leftOut += one.leftOut ?? 0;
    } else {
      lost.add(answer.id);
      failures[one.code] = (failures[one.code] ?? 0) + 1;
    }
  }
  return {
    answered: {
      ...answered,
      answers: answered.answers.filter((answer) => !lost.has(answer.id)),
      usage: { ...readingUsage(read, session), ...answered.usage },
      ...(Object.keys(failures).length > 0 && { failures }),
    },
    extractor: { id, extract: (text) => cues.get(text)! },
    leftOut,
  };
}

/** Tokens of the reader alone: the model under test has its own. */
function readingUsage(read: readonly ReadCues[], { prices }: Session) {
  const nothing: NonNullable<BenchmarkResult["usage"]> = { promptTokens: 0, completionTokens: 0 };
  const tokens = read.map(({ usage }) => usage);
  const { cost: _, ...reading } = totalUsage([], tokens, prices) ?? nothing;
  return reading;
}
