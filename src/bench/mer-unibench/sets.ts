import type { BasicSetId, MerSetId, OpenSetId, SentimentSetId } from "./types.ts";

/** What is fixed about a test set of MER-UniBench. */
export interface MerSet {
  id: MerSetId;
  title: string;
  /** Samples the official code asserts. */
  n: number;
  metric: "hit-rate" | "waf" | "ew-f";
  /** Label words by the integers of its label file, where it holds integers. */
  labels?: readonly string[];
  /** What a reader of its score must know about data shared with other sets. */
  overlap?: string;
}

const hitRate = { metric: "hit-rate" } as const;
const waf = { metric: "waf" } as const;
const alsoMme = (part: string): string =>
  `MME-Emotion uses clips of this set too (${part}): the two benchmarks are not independent`;

/** The nine test sets, in the order of the published table. */
export const merSets: readonly MerSet[] = [
  { id: "mer2023", title: "MER2023", n: 411, ...hitRate },
  { id: "mer2024", title: "MER2024", n: 1169, ...hitRate },
  {
    id: "meld",
    title: "MELD",
    n: 2610,
    ...hitRate,
    labels: ["anger", "joy", "sadness", "neutral", "disgust", "fear", "surprise"],
    overlap: alsoMme("SA 400, ER-Wild 300"),
  },
  {
    id: "iemocapfour",
    title: "IEMOCAP",
    n: 1241,
    ...hitRate,
    labels: ["happy", "sad", "neutral", "anger"],
    overlap: alsoMme("ER-Lab 290"),
  },
  { id: "cmumosi", title: "CMU-MOSI", n: 686, ...waf, overlap: alsoMme("SA 400, FG-SA 500") },
  { id: "cmumosei", title: "CMU-MOSEI", n: 4659, ...waf, overlap: alsoMme("SA 400, ML-ER 300") },
  { id: "sims", title: "CH-SIMS", n: 457, ...waf },
  { id: "simsv2", title: "CH-SIMS v2", n: 1034, ...waf, overlap: alsoMme("SA 400") },
  {
    id: "ovmerdplus",
    title: "OV-MERD+",
    n: 532,
    metric: "ew-f",
    overlap:
      "Contains the 332 texts of EMER v2 (OV-MERD) and all 150 videos of HumanOmniV2's public EMER training file: models trained on either have seen test clips",
  },
];

export function merSet(id: MerSetId): MerSet {
  return merSets.find((set) => set.id === id)!;
}

export const isSentimentSet = (id: MerSetId): id is SentimentSetId => merSet(id).metric === "waf";
export const isOpenSet = (id: MerSetId): id is OpenSetId => merSet(id).metric === "ew-f";
export const isBasicSet = (id: MerSetId): id is BasicSetId => merSet(id).metric === "hit-rate";

/** Scores of the official table, in percent, as published: audio, video and text. */
export const publishedScores: Readonly<Record<string, Readonly<Record<MerSetId, number>>>> = {
  AffectGPT: {
    mer2023: 78.54,
    mer2024: 78.8,
    meld: 55.65,
    iemocapfour: 60.54,
    cmumosi: 81.3,
    cmumosei: 80.9,
    sims: 88.49,
    simsv2: 86.18,
    ovmerdplus: 62.52,
  },
};
