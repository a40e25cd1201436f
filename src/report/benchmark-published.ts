/** A row of a published table. Shown in grey: other prompts, other runs, other code. */
export interface PublishedRow {
  model: string;
  /** Where the numbers were read. */
  source: string;
  /** Set name → main metric. */
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
] as const;

const unibenchRow = (model: string, ...values: number[]): PublishedRow => ({
  model,
  source: "official table, checkpoint chosen for each set on that set",
  values: Object.fromEntries(unibenchSets.map((set, index) => [set, values[index]!])),
});

/** Main metrics of MER-UniBench as its authors published them, in percent. */
const merUniBench: readonly PublishedRow[] = [
  unibenchRow("AffectGPT", 78.54, 78.8, 55.65, 60.54, 81.3, 80.9, 88.49, 86.18, 62.52),
  unibenchRow("Emotion-LLaMA", 59.38, 73.62, 46.76, 55.47, 66.13, 67.66, 78.32, 77.23, 52.97),
  unibenchRow("PandaGPT", 40.21, 51.89, 37.88, 44.04, 61.92, 67.61, 68.38, 67.23, 37.12),
];

/** Only benchmarks whose published rows give the metric that tables show first. */
export const publishedRows: Readonly<Record<string, readonly PublishedRow[]>> = {
  "mer-unibench": merUniBench,
};

/** Mean over the given sets; undefined where the row lacks one. */
export function meanOver(row: PublishedRow, sets: readonly string[]): number | undefined {
  const values = sets.flatMap((set) => row.values[set] ?? []);
  if (values.length === 0 || values.length < sets.length) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
