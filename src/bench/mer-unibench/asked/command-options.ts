import type { OptionSpec } from "../../port.ts";
import { merSets } from "../sets.ts";

export interface MerOptions {
  data?: string;
  labels?: string[];
  sets?: string[];
  predictions?: string[];
  wheels?: string;
  mapping: "published" | "corrected" | "both";
  compat?: boolean;
  ewRules: "unibench" | "mer2026";
  synonyms?: string;
  labelsFrom: "model" | "answer";
}

/** Options of `oppo bench mer-unibench`. */
export const merOptions: readonly OptionSpec[] = [
  {
    flags: "--data <folder>",
    description: "test sets with clips, as MERBench's scripts prepare them",
  },
  {
    flags: "--labels <file...>",
    description: "true labels alone: folder, <set>.json, or set=file",
  },
  {
    flags: "--sets <id...>",
    description: `only these: ${merSets.map(({ id }) => id).join(", ")}`,
  },
  {
    flags: "--predictions <file...>",
    description: "stored answers or labels: folder, file or set=file",
  },
  {
    flags: "--wheels <folder>",
    description: "the authors' word lists; without them a small list of ours",
  },
  {
    flags: "--mapping <edition>",
    description: "word lists as published, corrected, or both",
    choices: ["published", "corrected", "both"],
    default: "both",
  },
  { flags: "--compat", description: "inputs and failures as in the official code" },
  {
    flags: "--ew-rules <edition>",
    description: "EW metric as UniBench or as MER2026 computes it",
    choices: ["unibench", "mer2026"],
    default: "unibench",
  },
  {
    flags: "--synonyms <file>",
    description: "adds MER2024-OV's set-level score, by these synonym groups",
  },
  {
    flags: "--labels-from <reader>",
    description: "emotion words by a second model, or <answer>",
    choices: ["model", "answer"],
    default: "model",
  },
];
