/** A row of a published table. Shown in grey: other prompts, other runs, other code. */
export interface PublishedRow {
  model: string;
  /** Where the numbers were read. */
  source: string;
  /** Set name → main metric; `mean` is the row's own mean. */
  values: Readonly<Record<string, number>>;
}

const unibenchSets = [
  "MER2023",
  "MER2024",
  "MELD",
  "IEMOCAP",
  "CMU-MOSI",
  "CMU-MOSEI",
  "CH-SIMS",
  "CH-SIMS v2",
  "OV-MERD+",
  "mean",
] as const;

const unibenchRow = (model: string, ...values: number[]): PublishedRow => ({
  model,
  source: "official table, best checkpoint of each set",
  values: Object.fromEntries(unibenchSets.map((set, index) => [set, values[index]!])),
});

/** Main metrics of MER-UniBench as its authors published them, in percent. */
export const publishedMerUniBench: readonly PublishedRow[] = [
  unibenchRow("AffectGPT", 78.54, 78.8, 55.65, 60.54, 81.3, 80.9, 88.49, 86.18, 62.52, 74.77),
  unibenchRow(
    "Emotion-LLaMA",
    59.38,
    73.62,
    46.76,
    55.47,
    66.13,
    67.66,
    78.32,
    77.23,
    52.97,
    64.17,
  ),
  unibenchRow("PandaGPT", 40.21, 51.89, 37.88, 44.04, 61.92, 67.61, 68.38, 67.23, 37.12, 52.92),
];

const mmeTasks = ["ER-Lab", "ER-Wild", "Noise-ER", "FG-ER", "ML-ER", "SA", "FG-SA", "IR"] as const;
const mmeRow = (model: string, overall: number, ...recognition: number[]): PublishedRow => ({
  model,
  source: "leaderboard: recognition by task, CoT score over all",
  values: {
    ...Object.fromEntries(mmeTasks.map((task, index) => [task, recognition[index]!])),
    mean: overall,
  },
});

/** Recognition scores by task of MME-Emotion's leaderboard; `mean` is the CoT score over all samples. */
export const publishedMmeEmotion: readonly PublishedRow[] = [
  mmeRow("Gemini-2.5-Pro", 56.0, 22.6, 36.7, 57.6, 38.6, 50.6, 48.2, 16.6, 28.1),
  mmeRow("R1-Omni", 42.4, 20.6, 34.3, 52.0, 5.1, 23.1, 27.8, 7.6, 16.6),
  mmeRow("Qwen2.5-Omni", 38.4, 19.8, 19.0, 24.2, 10.4, 11.0, 24.6, 6.2, 5.4),
  mmeRow("AffectGPT", 31.2, 18.0, 8.3, 16.8, 5.2, 10.8, 17.6, 12.8, 1.8),
];

export const publishedRows: Readonly<Record<string, readonly PublishedRow[]>> = {
  "mer-unibench": publishedMerUniBench,
  "mme-emotion": publishedMmeEmotion,
};
