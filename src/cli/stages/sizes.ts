import type { Experiment } from "../../config/schema.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { WordTokenizer } from "../../prompt/tokenizer.ts";
import { textsOf } from "./data.ts";

/**
 * Settings that depend on a user's clips, where neither the experiment file nor an option gives them.
 * The file's own defaults are the demo's, made for thousands of clips.
 */
export function sizedDefaults(rows: readonly SplitRow[], experiment: Experiment): object {
  const texts = [...textsOf(rows, experiment).values()].flat();
  const longest = longestText(texts);
  return {
    policy: { maxTokens: longest },
    rl: { maxTokens: longest },
    bench: { evaluation: { maxTokens: longest } },
  };
}

/** Room for every text and its end token, in steps of 16. */
function longestText(texts: readonly string[]): number {
  const tokenizer = WordTokenizer.fromTexts(texts);
  const most = texts.reduce((max, text) => Math.max(max, tokenizer.encode(text).ids.length), 0);
  return Math.max(64, Math.ceil((most + 1) / 16) * 16);
}
