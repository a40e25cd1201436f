import { EndpointError, MediaError } from "../../../core/errors.ts";
import type { ChatAnswer, ChatModel, ChatPart, TokenUsage } from "../../../endpoint/port.ts";
import type { ClipParts } from "../../ask/clip-parts.ts";
import { isHopeless } from "../../ask/hopeless.ts";
import type { MmeTask } from "../tasks.ts";
import { judgePrompt, stepPrompt } from "./prompts.ts";
import type { MmeQuestion } from "./task-set.ts";

/** Why an answer has no judgement; null is the official score for it. */
export type JudgeFailure = string;

export interface Judgement {
  /** The judge's reply as it stands, with `<score>`; null where there is none. */
  reply: string | null;
  failure?: JudgeFailure;
  /** What was judged; absent where it never came to that. */
  steps?: string;
  /** The steps could not be extracted; judging went on with an error text, as officially. */
  stepsFailed: boolean;
  usage: TokenUsage;
}

export interface JudgeTools {
  /** Officially gpt-4.1-2025-04-14: text only. */
  steps: ChatModel;
  /** Officially gpt-4o-2024-11-20: sees pictures. */
  judge: ChatModel;
  /** Officially one frame a second, the first ten. */
  clips: ClipParts;
}

/**
 * The official scripts drop such a sample before judging; another try would not find the clue
 * either.
 */
export const clueMissing = "AUDIO_CLUE_MISSING";

/** Tries after which the official scripts give up. */
const stepTries = (task: MmeTask): number => (task === "ER-Wild" ? 5 : 10);
const judgeTries = (task: MmeTask): number => (task === "FG-ER" || task === "ML-ER" ? 5 : 20);

/**
 * Judges one answer: its steps, then a score for each. Greedy; a reply of the wrong form is asked
 * for again under another seed, as often as the official scripts do. `again` asks anew what was
 * answered unreadably before.
 * @throws EndpointError ENDPOINT_AUTH, ENDPOINT_NOT_FOUND: no answer could be judged.
 */
export async function judgeAnswer(
  question: MmeQuestion,
  answer: string,
  tools: JudgeTools,
  again = false,
): Promise<Judgement> {
  const usage: TokenUsage = { promptTokens: 0, completionTokens: 0 };
  const { task, label, audioClue, video } = question;
  if (audioClue === undefined) {
    return { reply: null, failure: clueMissing, stepsFailed: false, usage };
  }
  const extracted = await repeat(tools.steps, stepTries(task), usage, {
    again,
    content: [{ kind: "text", text: stepPrompt(task, answer) }],
    accept: (text) => /<step>([\s\S]*?)<\/step>/.exec(text)?.[1],
  });
  const steps = extracted.text ?? `Error: ${extracted.failure}`;
  const stepsFailed = extracted.text === undefined;
  let pictures: ChatPart[];
  try {
    pictures = await tools.clips.partsOf({ video });
  } catch (error) {
    if (!(error instanceof MediaError)) throw error;
    return { reply: null, failure: error.code, steps, stepsFailed, usage };
  }
  const prompt = judgePrompt(task, { label, audioClue, steps });
  const judged = await repeat(tools.judge, judgeTries(task), usage, {
    again,
    content: [...pictures, { kind: "text", text: prompt }],
    accept: (text) => (/<score>[^\n]*?<\/score>/.test(text) ? text : undefined),
  });
  if (judged.text !== undefined) return { reply: judged.text, steps, stepsFailed, usage };
  return { reply: null, failure: judged.failure, steps, stepsFailed, usage };
}

type Repeated = { text: string } | { text?: never; failure: JudgeFailure };

async function repeat(
  chat: ChatModel,
  tries: number,
  usage: TokenUsage,
  ask: {
    again: boolean;
    content: readonly ChatPart[];
    accept: (text: string) => string | undefined;
  },
): Promise<Repeated> {
  for (let attempt = 0; attempt < tries; attempt++) {
    let answer: ChatAnswer;
    try {
      answer = await chat.chat({
        messages: [{ role: "user", content: ask.content }],
        temperature: 0,
        maxTokens: 1024,
        ...(attempt > 0 && { seed: attempt }),
        ...(ask.again && { fresh: true }),
      });
    } catch (error) {
      if (!(error instanceof EndpointError) || isHopeless(error)) throw error;
      // The endpoint has already asked again; more tries would only take the night.
      return { failure: error.code };
    }
    usage.promptTokens += answer.usage?.promptTokens ?? 0;
    usage.completionTokens += answer.usage?.completionTokens ?? 0;
    const text = ask.accept(answer.text);
    if (text !== undefined) return { text };
  }
  return { failure: "JUDGE_UNREADABLE" };
}
