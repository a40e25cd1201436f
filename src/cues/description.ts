import type { Span } from "./cue.ts";
import { parseResponse } from "./response.ts";

/**
 * Marks around a model's own thinking, as models write them: `<think>` (DeepSeek-R1, Qwen3, QwQ),
 * `<thinking>` (models told to), `<thought>` (Gemini), `<reasoning>` (LLaVA-CoT and many GRPO
 * prompts), `<seed:think>` (Seed-OSS), `[THINK]` (Magistral), `◁think▷` (Kimi-VL),
 * `<|begin_of_thought|>` (OpenThinker), `<|START_THINKING|>` (Command A), `<|channel|>analysis` …
 * `<|message|>` (gpt-oss), and marks of turns that a server left in (`<|im_end|>`).
 */
const marks = [
  "<(?<close>/?)(?<name>think|thinking|thoughts?|reasoning|seed:think|answer)>",
  "\\[/?THINK\\]",
  "◁/?think▷",
  "<\\|(?:start|im_start)\\|>(?:assistant|system|user)?",
  "<\\|channel\\|>(?:analysis|commentary|final)?",
  "<\\|[a-z][a-z_]{1,30}\\|>",
];
const mark = new RegExp(marks.join("|"), "giu");
/** What ends a model's own thinking; what follows the last one is its answer. */
const thinkingEnds =
  /<\/(?:think|thinking|thoughts?|reasoning|seed:think)>|\[\/THINK\]|◁\/think▷|<\|(?:end_of_thought|end_thinking)\|>|<\|channel\|>final(?:<\|message\|>)?/giu;

interface Mark extends Span {
  /** Of thinking and of turns: neither. */
  answer: "opens" | "closes" | null;
}

/**
 * A response with all but its description made line feeds, so that places stay: what stands inside
 * its thinking blocks, between them and after them, without answers and without the blocks' marks.
 * Models that think first open a block of their own, and describe in a second one, or in none.
 * A response as it was asked for (one `<think>`, one `<answer>`) stays as it is, and so does one
 * that is nothing but an answer.
 */
export function descriptionOf(response: string): string {
  if (parseResponse(response).wellFormed) return response;
  const left = pieces(response);
  if (left.length === 0) return response;
  let text = "";
  let last = 0;
  for (const { start, end } of left) {
    text += response.slice(last, start) + "\n".repeat(end - start);
    last = end;
  }
  text += response.slice(last);
  return text.trim() === "" ? response : text;
}

/** A description stands elsewhere than in one block of thinking: more of the response was read. */
export function readsBeyondBlock(response: string): boolean {
  const { think, wellFormed } = parseResponse(response);
  if (wellFormed || think === null) return false;
  const { start, end } = think.span;
  const text = descriptionOf(response);
  return text.slice(0, start).trim() !== "" || text.slice(end).trim() !== "";
}

/** What follows a model's own thinking: all of a reply without any, "" where nothing follows. */
export function afterThinking(reply: string): string {
  let end = 0;
  for (const match of reply.matchAll(thinkingEnds)) end = match.index + match[0].length;
  return reply.slice(end);
}

/**
 * Inside of the answer: of the last pair of tags that holds a word, after the thinking where one
 * stands there. A model that ponders where to put its answer names the tags as well. Null without
 * such a pair.
 */
export function answerOf(reply: string): string | null {
  const inside = [reply, afterThinking(reply)].flatMap((text) =>
    pieces(text)
      .filter(({ answer }) => answer)
      .map((piece) => text.slice(piece.inside, piece.end)),
  );
  return inside.findLast((one) => /[\p{L}\p{N}]/u.test(one)) ?? inside.at(-1) ?? null;
}

function marksIn(text: string): Mark[] {
  return Array.from(text.matchAll(mark), (match) => {
    const { name, close } = match.groups ?? {};
    const answer =
      name?.toLowerCase() !== "answer" ? null : close === "/" ? ("closes" as const) : "opens";
    return { start: match.index, end: match.index + match[0].length, answer };
  });
}

/** A mark, or an answer with the tag that opens it. */
interface Piece extends Span {
  answer: boolean;
  /** Where the mark ends. */
  inside: number;
}

/**
 * What is no description, in order. An answer goes from its tag to the next mark, which closes it
 * unless it was cut, or to the end; a tag that another one of its kind follows is only mentioned.
 */
function pieces(text: string): Piece[] {
  const found = marksIn(text);
  return found.map(({ start, end, answer }, index) => {
    const next = found[index + 1];
    const opens = answer === "opens" && next?.answer !== "opens";
    return {
      start,
      inside: end,
      end: opens ? (next?.start ?? text.length) : end,
      answer: opens,
    };
  });
}
