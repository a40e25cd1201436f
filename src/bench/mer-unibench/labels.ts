import { pythonStrip } from "../../core/python-text.ts";
import { pythonFailure } from "./failure.ts";
import type { Labels, ScoringMode } from "./types.ts";

/**
 * Words of a label list as the official `string_to_list` reads them: one outer bracket off each
 * end, then split at quotes and commas. So apostrophes split words, and text after the closing
 * bracket spoils one. `null`, blank and NaN give no words.
 * @throws BenchError `PYTHON_INDEX_ERROR` for "[" in compat mode; strict mode reads it as no words.
 */
export function stringToList(value: Labels | undefined, mode: ScoringMode = "strict"): string[] {
  if (value === null || value === undefined || value === "") return [];
  if (typeof value !== "string") return [...value];
  let text = value;
  if (text.startsWith("[")) text = text.slice(1);
  if (text === "") {
    if (mode === "compat") throw pythonFailure("IndexError", 'a label list is "[" alone');
    return [];
  }
  if (text.endsWith("]")) text = text.slice(0, -1);
  return text
    .split(/['",]/)
    .map(pythonStrip)
    .filter((word) => word !== "");
}

/**
 * Prefixes that translation and extraction prompts leak into replies, in the order they are looked
 * for.
 */
const prefixes = [
  "输入",
  "输出",
  "翻译",
  "让我们来翻译一下：",
  "output",
  "Output",
  "input",
  "Input",
];

/**
 * A model's reply as the official code cleans it before anything is read: each prefix at most once,
 * one colon of each kind, all line breaks. Code fences and trailing explanations stay.
 */
export function cleanResponse(reply: string): string {
  let text = pythonStrip(reply);
  for (const prefix of prefixes) {
    if (text.startsWith(prefix)) text = text.slice(prefix.length);
  }
  text = pythonStrip(text);
  for (const colon of [":", "："]) {
    if (text.startsWith(colon)) text = text.slice(1);
  }
  return pythonStrip(pythonStrip(text).replaceAll("\n", ""));
}
