import { EndpointError } from "../../../core/errors.ts";
import { answerOf } from "../../../cues/description.ts";
import type { ChatModel, TokenUsage } from "../../../endpoint/port.ts";
import { isHopeless } from "../../ask/hopeless.ts";
import { cleanResponse } from "../labels.ts";
import { isSentimentSet } from "../sets.ts";
import type { Labels, MerSetId } from "../types.ts";
import { labelPrompt, sentimentPrompt } from "./prompts.ts";

/** What one answer amounts to. */
export interface Prediction {
  /**
   * Bracketed list as extracted, or a ready list; never one made of the other, for they score
   * apart.
   */
  openset: Labels;
  /** Sentiment sets only. */
  sentiment?: string;
}

/** A reading that failed, by error code. */
export interface ReadingFailure {
  code: string;
  message: string;
}

/** Reads answers as emotion words, and as a sentiment where the set asks for one. */
export interface LabelReader {
  /** Names tool and settings in results. */
  readonly id: string;
  /** How its reading departs from the official one; results carry it. */
  readonly note: string;
  read(
    set: MerSetId,
    answer: string,
  ): Promise<(Prediction & { usage?: TokenUsage }) | ReadingFailure>;
}

const noTokens: TokenUsage = { promptTokens: 0, completionTokens: 0 };

/**
 * The official way, by a second model: description → list → sentiment. Greedy, so that a run can be
 * repeated; officially it draws with temperature 0.7 and no seed, and the same answers then give
 * other scores.
 */
export function chatLabelReader(chat: ChatModel): LabelReader {
  const ask = (prompt: string, maxTokens: number) =>
    chat.chat({ messages: [{ role: "user", content: prompt }], temperature: 0, maxTokens });
  return {
    id: `${chat.id}, greedy`,
    note: "Labels were read greedily and with prompts of this project; officially Qwen2.5-7B-Instruct draws them at temperature 0.7 without a seed, so published scores carry its chance.",
    async read(set, answer) {
      try {
        const list = await ask(labelPrompt(answer), 512);
        const openset = cleanResponse(list.text);
        if (!isSentimentSet(set)) return { openset, usage: list.usage ?? noTokens };
        const word = await ask(sentimentPrompt(openset), 16);
        const sentiment = cleanResponse(word.text).toLowerCase().replace(/\.$/, "");
        return { openset, sentiment, usage: added(list.usage, word.usage) };
      } catch (error) {
        if (!(error instanceof EndpointError) || isHopeless(error)) throw error;
        return { code: error.code, message: error.message };
      }
    },
  };
}

/**
 * Without a second model: the list inside `<answer>`, and the sentiment word that is in it. Not the
 * official way; results say so.
 */
export const answerLabelReader: LabelReader = {
  id: "the model's own <answer>",
  note: "Labels were taken from the model's own <answer>, not read from its text by a second model: not the official way.",
  async read(set, answer) {
    const own = answerOf(answer) ?? "";
    const words = own.replaceAll(/[，、；;]/g, ", ").replaceAll(/[[\]\n]/g, " ");
    const openset = `[${words.trim()}]`;
    if (!isSentimentSet(set)) return { openset };
    return {
      openset,
      sentiment: /\b(positive|negative|neutral)\b/i.exec(own)?.[0].toLowerCase() ?? "",
    };
  },
};

/** A reply the list parser makes nothing of, though it is not the empty list. */
export function isUnreadable(set: MerSetId, { openset, sentiment }: Prediction): boolean {
  if (isSentimentSet(set)) return !["positive", "negative", "neutral"].includes(sentiment ?? "");
  if (typeof openset !== "string") return openset === null;
  return !/^\[[^[\]]*\]$/.test(openset.trim());
}

const added = (a: TokenUsage = noTokens, b: TokenUsage = noTokens): TokenUsage => ({
  promptTokens: a.promptTokens + b.promptTokens,
  completionTokens: a.completionTokens + b.completionTokens,
});
