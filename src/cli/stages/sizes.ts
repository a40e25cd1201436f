import type { Experiment } from "../../config/schema.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { WordTokenizer } from "../../prompt/tokenizer.ts";
import { textsOf, trainingRows } from "./data.ts";

/**
 * Settings that depend on how many clips there are, where neither the experiment file nor an option
 * gives them. The schema's own defaults are the demo's, made for thousands of clips.
 */
export function sizedDefaults(rows: readonly SplitRow[], experiment: Experiment): object {
  const maxTokens = longestText([...textsOf(rows, experiment).values()].flat());
  const [shown, kept] = [
    trainingRows({ experiment }, { rows }, "sft").length,
    trainingRows({ experiment }, { rows }, "rl").length,
  ];
  return {
    policy: { maxTokens },
    sft: { ...coldStartSizes(shown), ...drawnShare(rows) },
    rl: { ...reinforcementSizes(kept), maxTokens },
    bench: { evaluation: { maxTokens } },
  };
}

/** The share that a drawn division came to, so that settings say what was trained on. */
export function drawnShare(rows: readonly SplitRow[]): { share?: number } {
  const stages = rows.flatMap(({ stage }) => stage ?? []);
  const shown = stages.filter((stage) => stage === "sft").length;
  return stages.length === 0 ? {} : { share: shown / stages.length };
}

/** Sizes of the cold start for so many clips. */
export function coldStartSizes(clips: number) {
  const batch = clamp(2 ** Math.floor(Math.log2(Math.max(1, clips / 4))), 1, 64);
  const perEpoch = Math.max(1, Math.floor(clips / batch));
  const steps = clamp(clips * 12, 400, 1100);
  return { batch, epochs: Math.ceil(steps / perEpoch), warmupSteps: Math.round(steps / 20) };
}

/** Sizes of reinforcement learning for so many clips. */
export function reinforcementSizes(clips: number) {
  const prompts = clamp(Math.floor(clips / 2), 2, 8);
  return { prompts, steps: clamp(clips * 2, 20, 200), learningRate: 0.0003 };
}

const clamp = (value: number, low: number, high: number): number =>
  Math.min(high, Math.max(low, value));

/** Room for every text and its end token, in steps of 16. */
function longestText(texts: readonly string[]): number {
  const tokenizer = WordTokenizer.fromTexts(texts);
  const most = texts.reduce((max, text) => Math.max(max, tokenizer.encode(text).ids.length), 0);
  return Math.max(64, Math.ceil((most + 1) / 16) * 16);
}
