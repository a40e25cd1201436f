import type { Span } from "./cue.ts";

/** Inner text of a tag pair and where it stands in the response. */
export interface Section {
  text: string;
  span: Span;
}

/** A response taken apart. `problems` is empty exactly when `wellFormed`. */
export interface ParsedResponse {
  /** Inside of the first `<think>…</think>`; null when that pair is missing. */
  think: Section | null;
  /** Inside of the first `<answer>…</answer>`; null when that pair is missing. */
  answer: Section | null;
  wellFormed: boolean;
  /** Every deviation from `<think>…</think><answer>…</answer>`, in words. */
  problems: string[];
}

interface Tag {
  name: "think" | "answer";
  closing: boolean;
  start: number;
  end: number;
}

/**
 * Parses `<think>reasoning</think><answer>label</answer>`. White space around the two sections is
 * fine; anything else is described in `problems`, and what can be read is still returned.
 */
export function parseResponse(text: string): ParsedResponse {
  const tags = findTags(text);
  const problems = [...countProblems(tags), ...orderProblems(tags)];
  const think = section(text, tags, "think");
  const answer = section(text, tags, "answer");
  if (think && think.text.trim() === "") problems.push("<think> is empty");
  if (answer && answer.text.trim() === "") problems.push("<answer> is empty");
  problems.push(...outsideProblems(text, tags));
  return { think, answer, wellFormed: problems.length === 0, problems };
}

function findTags(text: string): Tag[] {
  return Array.from(text.matchAll(/<(\/?)(think|answer)>/g), (match) => ({
    name: match[2] as Tag["name"],
    closing: match[1] === "/",
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function countProblems(tags: readonly Tag[]): string[] {
  const problems: string[] = [];
  for (const name of ["think", "answer"] as const) {
    for (const closing of [false, true]) {
      const count = tags.filter((tag) => tag.name === name && tag.closing === closing).length;
      const shown = closing ? `</${name}>` : `<${name}>`;
      if (count === 0) problems.push(`${shown} is missing`);
      if (count > 1) problems.push(`${shown} occurs ${count} times`);
    }
  }
  return problems;
}

/** Nesting and order, only worth saying when all four tags are there once. */
function orderProblems(tags: readonly Tag[]): string[] {
  const order = tags.map((tag) => `${tag.closing ? "/" : ""}${tag.name}`);
  if (order.length !== 4 || new Set(order).size !== 4) return [];
  const problems: string[] = [];
  const at = (name: string) => order.indexOf(name);
  for (const name of ["think", "answer"]) {
    if (at(name) > at(`/${name}`)) problems.push(`</${name}> stands before <${name}>`);
  }
  if (problems.length > 0) return problems;
  if (at("answer") < at("/think") && at("think") < at("answer"))
    return ["<answer> begins inside <think>"];
  if (at("think") < at("/answer") && at("answer") < at("think"))
    return ["<think> begins inside <answer>"];
  return at("answer") < at("think") ? ["<answer> stands before <think>"] : [];
}

/** First opening tag up to the next closing tag of its name. */
function section(text: string, tags: readonly Tag[], name: Tag["name"]): Section | null {
  const open = tags.find((tag) => tag.name === name && !tag.closing);
  const close =
    open && tags.find((tag) => tag.name === name && tag.closing && tag.start >= open.end);
  if (!open || !close) return null;
  const span = { start: open.end, end: close.start };
  return { text: text.slice(span.start, span.end), span };
}

function outsideProblems(text: string, tags: readonly Tag[]): string[] {
  if (tags.length === 0) return text.trim() === "" ? ["response is empty"] : ["text without tags"];
  const problems: string[] = [];
  let depth = 0;
  let last = 0;
  for (const tag of tags) {
    if (depth === 0 && text.slice(last, tag.start).trim() !== "") {
      problems.push(
        last === 0 ? `text before ${text.slice(tag.start, tag.end)}` : "text between the sections",
      );
    }
    depth = Math.max(0, depth + (tag.closing ? -1 : 1));
    last = tag.end;
  }
  if (depth === 0 && text.slice(last).trim() !== "") problems.push("text after the last tag");
  return problems;
}
