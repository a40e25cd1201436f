import { oppoPaper, type PublishedRow } from "../benchmark-published.ts";

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

const official = {
  source: "official table",
  checkpoints: "each set its best checkpoint, chosen on that set",
};

const unibenchRow = (model: string, ...values: number[]): PublishedRow => ({
  model,
  ...official,
  values: bySet(values),
});

const bySet = (values: readonly number[]): Record<string, number> =>
  Object.fromEntries(unibenchSets.map((set, index) => [set, values[index]!]));

/** A row of the paper, whose columns are sentiment, basic emotions, fine-grained, mean. */
function paperRow(
  model: string,
  checkpoints: string,
  [sentiment, basic, fine]: readonly [readonly number[], readonly number[], number],
  printedMean: number,
): PublishedRow {
  const values = bySet([...basic, ...sentiment, fine]);
  return { model, source: oppoPaper, checkpoints, values, printedMean };
}

const unstated = "checkpoints: not stated";

/** §4.1 and app. C.4: a single final checkpoint across all sets. */
const oneFinal = "one final checkpoint for all sets";

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
  paperRow(
    "AffectGPT, last checkpoint",
    "the last checkpoint",
    [[78.3, 78.51, 85.28, 85.31], [73.69, 76.9, 52.09, 57.74], 59.89],
    71.96,
  ),
  paperRow(
    "AffectGPT-R1",
    "each set its best checkpoint",
    [[79.65, 80.18, 87.26, 85.75], [84.51, 93.13, 66.71, 74.26], 68.39],
    79.98,
  ),
  paperRow(
    "AffectGPT-R1, reproduced",
    oneFinal,
    [[80.29, 80.64, 85.7, 83.75], [81.88, 80.89, 57.53, 65.71], 64.08],
    75.6,
  ),
  paperRow(
    "GRPO, task and format",
    oneFinal,
    [[83.48, 86.31, 87.78, 86.84], [78.16, 82.7, 61.45, 67.28], 66.86],
    77.87,
  ),
  paperRow(
    "GRPO + R_omni",
    oneFinal,
    [[84.83, 85.04, 86.48, 86.95], [85.4, 85.9, 63.37, 70.03], 67.09],
    79.45,
  ),
  paperRow(
    "GRPO + R_omni + PAPO",
    oneFinal,
    [[83.47, 85.66, 86.21, 87.36], [86.27, 87.09, 63.28, 69.12], 65.65],
    79.34,
  ),
  paperRow(
    "GRPO + R_omni + PAPO-dual",
    oneFinal,
    [[84.98, 85.06, 88.47, 86.72], [84.96, 86.11, 63.07, 67.51], 66.2],
    79.23,
  ),
  paperRow(
    "OPPO",
    oneFinal,
    [[86.5, 84.63, 86.22, 88.26], [87.73, 90.34, 64.06, 73.6], 67.16],
    81.05,
  ),
  paperRow(
    "R1-Omni",
    unstated,
    [[58.02, 56.48, 71.82, 68.58], [64.17, 67.43, 43.2, 51.58], 55.24],
    59.61,
  ),
  {
    model: "OmniOPSD",
    source: "arXiv 2606.15920, abstract",
    checkpoints: unstated,
    remark: "the best mean known to us, second-hand: its cells were not read",
    values: {},
    overall: { mean: 84.19 },
    overallSets: 9,
  },
];
