import type { StepParser } from "./score-string.ts";

export type MmeTask = "ER-Lab" | "ER-Wild" | "Noise-ER" | "FG-ER" | "ML-ER" | "SA" | "FG-SA" | "IR";

export interface MmeTaskInfo {
  id: MmeTask;
  title: string;
  /** Clips of the released task. */
  n: number;
  parser: StepParser;
  /** Label names counted under another name. */
  rename?: Readonly<Record<string, string>>;
}

const strict = { parser: "strict" } as const;
/** Several labels a clip: the recognition step is a fraction, and there is no table by category. */
const fraction = { parser: "fraction" } as const;

/** The eight tasks, in the leaderboard's order. */
export const mmeTasks: readonly MmeTaskInfo[] = [
  { id: "ER-Lab", title: "Emotion recognition in the lab", n: 500, ...strict },
  {
    id: "ER-Wild",
    title: "Emotion recognition in the wild",
    n: 1800,
    ...strict,
    rename: {
      angry: "anger",
      disgusted: "disgust",
      happy: "happiness",
      sad: "sadness",
      surprised: "surprise",
    },
  },
  { id: "Noise-ER", title: "Emotion recognition under noise", n: 500, ...strict },
  { id: "FG-ER", title: "Fine-grained emotion recognition", n: 500, ...fraction },
  { id: "ML-ER", title: "Multi-label emotion recognition", n: 600, ...fraction },
  { id: "SA", title: "Sentiment analysis", n: 1600, ...strict },
  { id: "FG-SA", title: "Fine-grained sentiment analysis", n: 500, ...strict },
  { id: "IR", title: "Intent recognition", n: 500, ...strict },
];

export function mmeTask(id: MmeTask): MmeTaskInfo {
  return mmeTasks.find((task) => task.id === id)!;
}
