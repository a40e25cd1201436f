import { oppoPaper, type PublishedRow } from "../benchmark-published.ts";

const mmeTasks = ["ER-Lab", "ER-Wild", "Noise-ER", "FG-ER", "ML-ER", "SA", "FG-SA", "IR"] as const;

/** A row of MME-Emotion's leaderboard; it is micro, over samples of all tasks. */
const leaderboardRow = (
  model: string,
  steps: number,
  tokens: number,
  recognition: number,
  reasoning: number,
  cot: number,
): PublishedRow => ({
  model,
  source: "official leaderboard",
  judge: "GPT-4o",
  values: {},
  overall: {
    "cot-micro": cot,
    "recognition-micro": recognition,
    "reasoning-micro": reasoning,
    "steps-micro": steps,
    "answer-tokens": tokens,
  },
  overallSets: mmeTasks.length,
});

/** Task by task recognition and reasoning are published; CoT is their mean. */
function withTasks(
  row: PublishedRow,
  recognition: readonly number[],
  reasoning: readonly number[],
): PublishedRow {
  const cot = mmeTasks.map((task, at) => [task, (recognition[at]! + reasoning[at]!) / 2]);
  return {
    ...row,
    source: "official leaderboard; CoT of tasks is the mean of published recognition and reasoning",
    values: Object.fromEntries(cot),
  };
}

/** A row of the paper: another judge than the leaderboard's. */
const paperRow = (
  model: string,
  tasks: readonly number[],
  recognition: number,
  reasoning: number,
  cot: number,
): PublishedRow => ({
  model,
  source: oppoPaper,
  judge: "gemini-3.1-flash-lite-preview",
  remark: "does not compare with rows of another judge",
  values: Object.fromEntries(mmeTasks.map((task, at) => [task, tasks[at]!])),
  overall: { "cot-micro": cot, "recognition-micro": recognition, "reasoning-micro": reasoning },
  overallSets: mmeTasks.length,
});

/** The leaderboard of MME-Emotion, and rows of the paper, in percent. */
export const publishedMmeEmotion: readonly PublishedRow[] = [
  leaderboardRow("Gemini-2.5-Pro", 5.1, 538.6, 39.3, 72.7, 56.0),
  leaderboardRow("Audio-Reasoner", 5.0, 356.8, 38.1, 71.6, 54.8),
  leaderboardRow("GPT-4o", 4.4, 169.4, 27.8, 79.8, 53.8),
  leaderboardRow("Qwen2.5-VL-72B", 4.8, 266.3, 31.3, 75.7, 53.5),
  leaderboardRow("QVQ-72B", 5.5, 899.9, 31.4, 70.1, 50.8),
  leaderboardRow("Gemini-2.0-Flash", 4.1, 64.7, 36.3, 60.0, 48.1),
  leaderboardRow("GPT-4.1", 5.2, 141.2, 28.8, 65.2, 47.0),
  leaderboardRow("Qwen2.5-VL-7B", 4.8, 169.7, 28.4, 64.8, 46.6),
  leaderboardRow("Gemini-2.5-Flash", 4.3, 261.8, 34.7, 52.7, 43.7),
  withTasks(
    leaderboardRow("R1-Omni 0.5B", 5.0, 156.2, 26.3, 58.6, 42.4),
    [20.6, 34.3, 52.0, 5.1, 23.1, 27.8, 7.6, 16.6],
    [58.0, 52.8, 67.4, 49.5, 76.2, 60.6, 51.9, 58.7],
  ),
  leaderboardRow("Qwen2-Audio", 3.0, 40.3, 34.1, 50.4, 42.3),
  withTasks(
    leaderboardRow("Qwen2.5-Omni", 3.7, 78.6, 17.4, 59.3, 38.4),
    [19.8, 19.0, 24.2, 10.4, 11.0, 24.6, 6.2, 5.4],
    [50.7, 54.3, 60.1, 42.3, 64.9, 68.1, 45.2, 81.8],
  ),
  leaderboardRow("Video-LLaMA", 4.5, 122.5, 26.1, 48.5, 37.3),
  leaderboardRow("Qwen2-VL-7B", 2.9, 68.0, 29.2, 38.1, 33.7),
  withTasks(
    leaderboardRow("AffectGPT", 4.9, 122.8, 11.9, 50.6, 31.2),
    [18.0, 8.3, 16.8, 5.2, 10.8, 17.6, 12.8, 1.8],
    [64.4, 41.9, 59.5, 40.6, 65.9, 52.3, 51.3, 44.0],
  ),
  leaderboardRow("Video-LLaVA", 2.3, 19.1, 25.8, 32.8, 29.3),
  leaderboardRow("Video-LLaMA2", 2.6, 37.7, 29.2, 27.7, 28.4),
  leaderboardRow("Qwen2-VL-72B", 1.5, 24.8, 31.1, 10.5, 20.8),
  leaderboardRow("HumanOmni-7B", 1.0, 1.3, 36.0, 0.3, 18.1),
  leaderboardRow("Emotion-LLaMA", 1.0, 2.3, 25.1, 0.4, 12.8),
  paperRow("GRPO, task and format", [47, 40.8, 59, 35, 37.7, 58.7, 35.6, 32.4], 27.9, 62.7, 45.3),
  paperRow("OPPO", [54.6, 45.5, 66.2, 42, 39.6, 60.6, 40.7, 34.8], 31, 68.1, 49.5),
  paperRow("AffectGPT", [35, 32.8, 50.7, 32.6, 31.3, 47.9, 44.2, 30], 19.7, 57.4, 38.6),
  paperRow("Emotion-LLaMA", [31.7, 19.7, 49.3, 31.7, 29.5, 40.7, 36.4, 27.3], 21.1, 42.4, 31.8),
  paperRow("PandaGPT", [28.5, 23.2, 26.3, 25.2, 28.9, 37.7, 41.4, 29.2], 21.6, 38.4, 30),
];
