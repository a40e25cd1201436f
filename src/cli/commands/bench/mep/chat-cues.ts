import { runStage } from "../../../../bench/ask/stage.ts";
import { totalUsage } from "../../../../bench/ask/usage.ts";
import { chatCuesId, type ReadCues, readChatCues } from "../../../../bench/mep/asked/chat-cues.ts";
import type { CueExtractor, ExtractedCues } from "../../../../bench/mep/reference/extractors.ts";
import { progressPrinter } from "../../../print.ts";
import { type JudgeOptions, type ModelOptions, pricesOf } from "../model-options.ts";
import { openJudge } from "../open-model.ts";
import { openStageRows } from "../run-folder.ts";
import type { Answered } from "./ask.ts";

export interface ChatCueOptions extends ModelOptions, JudgeOptions {
  out: string;
  retryFailed?: boolean;
  guard?: boolean;
}

const description = /\/describe\/[^/]+(?:\/[^/]+)?$/;

/**
 * Cues of a model's descriptions, read by the second model. A description whose cues could not be read counts
 * as a failed answer, under the reader's code, and not as one without cues.
 * @throws ConfigError `JUDGE_MISSING`; GuardError `STAGE_FAILS`.
 */
export async function readAnswerCues(
  answered: Answered,
  options: ChatCueOptions,
): Promise<{ answered: Answered; extractor: CueExtractor }> {
  const chat = openJudge(options, options.out);
  const id = chatCuesId(chat);
  const items = answered.answers
    .filter((answer) => description.test(answer.id))
    .map((answer) => ({
      id: `${answered.model}: ${answer.id}`,
      content: { text: answer.text, reader: id },
      answer,
    }));
  const read = await runStage(
    {
      step: "read cues",
      rows: openStageRows<ReadCues>(options.out, "cues"),
      work: ({ answer }, again) => readChatCues(chat, answer.text, again),
      failure: (one: ReadCues) => ("code" in one ? one : undefined),
    },
    items,
    {
      concurrency: options.concurrency,
      retryFailed: options.retryFailed === true,
      guardAfter: options.guard === false ? 0 : 20,
      progress: progressPrinter(),
    },
  );
  const cues = new Map<string, ExtractedCues>();
  const lost = new Set<string>();
  const failures: Record<string, number> = { ...answered.failures };
  for (const [index, one] of read.entries()) {
    const { answer } = items[index]!;
    if ("cues" in one) cues.set(answer.text, one.cues);
    else {
      lost.add(answer.id);
      failures[one.code] = (failures[one.code] ?? 0) + 1;
    }
  }
  const { cost: _, ...reading } = totalUsage(
    [],
    read.map(({ usage }) => usage),
    pricesOf(options),
  ) ?? {
    promptTokens: 0,
    completionTokens: 0,
  };
  return {
    answered: {
      ...answered,
      answers: answered.answers.filter((answer) => !lost.has(answer.id)),
      usage: { ...reading, ...answered.usage },
      ...(Object.keys(failures).length > 0 && { failures }),
    },
    extractor: { id, extract: (text) => cues.get(text)! },
  };
}
