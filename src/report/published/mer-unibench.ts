import type { PublishedRow } from "../benchmark-published.ts";

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
] as const;

const unibenchRow = (model: string, ...values: number[]): PublishedRow => ({
  model,
  source: "official table, checkpoint chosen for each set on that set",
  values: Object.fromEntries(unibenchSets.map((set, index) => [set, values[index]!])),
});

/** Main metrics of MER-UniBench as its authors published them, in percent. */
export const publishedMerUniBench: readonly PublishedRow[] = [
  unibenchRow("AffectGPT", 78.54, 78.8, 55.65, 60.54, 81.3, 80.9, 88.49, 86.18, 62.52),
  unibenchRow("AffectGPT, no video", 72.94, 73.41, 56.63, 55.68, 83.46, 80.74, 82.99, 83.75, 59.98),
  unibenchRow("AffectGPT, no audio", 74.58, 75.29, 57.63, 62.19, 82.39, 81.57, 87.2, 86.29, 61.65),
  unibenchRow("Emotion-LLaMA", 59.38, 73.62, 46.76, 55.47, 66.13, 67.66, 78.32, 77.23, 52.97),
  unibenchRow("mPLUG-Owl, no audio", 56.86, 59.89, 49.11, 55.54, 72.4, 72.91, 72.13, 75, 48.18),
  unibenchRow("Chat-UniVi, no audio", 57.62, 65.67, 45.61, 52.37, 54.53, 63.18, 68.15, 66.36, 48),
  unibenchRow("SALMONN, no video", 55.53, 45.38, 45.62, 46.84, 81, 67.03, 68.69, 65.93, 45),
  unibenchRow("PandaGPT", 40.21, 51.89, 37.88, 44.04, 61.92, 67.61, 68.38, 67.23, 37.12),
];
