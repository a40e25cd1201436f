import { afterThinking, answerOf } from "../../../cues/description.ts";
import { precursorYesNo } from "./precursor.ts";

export type YesNo = "yes" | "no" | "unparseable";

/** Parsers a result can rest on. `strict` is the benchmark's own; both are always reported. */
export const answerParsers = ["strict-1", "precursor-v2"] as const;
export type AnswerParser = (typeof answerParsers)[number];

/**
 * Strict reading: of the inside of `<answer>` where there is one, otherwise of what follows the
 * model's own thinking, the first word must be yes or no, and the other one must not occur as a
 * word. "I know", "it is yes" and "yes and no" can't be read; a reply that can't be read is never
 * right.
 */
export function strictYesNo(reply: string): YesNo {
  const text = (answerOf(reply) ?? afterThinking(reply)).toLowerCase();
  const words: readonly string[] = text.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
  const [first] = words;
  if (first !== "yes" && first !== "no") return "unparseable";
  return words.includes(first === "yes" ? "no" : "yes") ? "unparseable" : first;
}

export function readYesNo(reply: string, parser: AnswerParser): YesNo {
  if (parser === "strict-1") return strictYesNo(reply);
  const answer = precursorYesNo(reply);
  return answer === "yes" || answer === "no" ? answer : "unparseable";
}
