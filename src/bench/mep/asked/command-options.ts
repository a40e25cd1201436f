import type { Choice } from "../../ask/choose.ts";
import type { OptionSpec } from "../../port.ts";
import { type MepMask, mepMasks } from "../reference/questions.ts";

/** Which embedder matches cues; opened by whoever runs the benchmark. */
export interface EmbedderChoice {
  embedder: string;
  /** With a base URL the name is a model of that OpenAI-compatible server. */
  embedderBaseUrl?: string;
  /** JSONL file that keeps vectors. */
  embedderCache?: string;
}

export interface MepOptions extends EmbedderChoice, Choice {
  items?: string;
  /** Folders of trained systems, one row each. */
  run?: readonly string[];
  /** JSONL of answers, or of descriptions. */
  answers?: string;
  /** The same, by the name it has in the other benchmarks. */
  predictions?: string;
  clips?: string;
  mask: MepMask;
  extractor: string;
  thresholds: readonly number[];
  headline: number;
  probeTokens?: number;
}

/** Options of `oppo bench mep`; `embedders` are names of embedders that need no server. */
export const mepOptions = (embedders: readonly string[]): OptionSpec[] => [
  { flags: "--items <file>", description: "item file of `oppo bench mep build`" },
  {
    flags: "--run <folder...>",
    description: "trained systems of this project, for example runs/demo/oppo",
  },
  {
    flags: "--answers <file>",
    description: "JSONL of stored answers: question id (or sample id) and text",
  },
  { flags: "--predictions <file>", description: "the same as --answers" },
  { flags: "--limit <n>", description: "the first so many samples", reads: "count" },
  {
    flags: "--sample <n>",
    description: "so many samples, drawn in proportion to congruent ones",
    reads: "count",
  },
  { flags: "--seed <text>", description: "seed of --sample", default: "sample" },
  { flags: "--clips <folder>", description: "clips of the items" },
  {
    flags: "--out <folder>",
    description: "folder for answers and results",
    default: "runs/mep",
  },
  {
    flags: "--mask <variant>",
    description: "how a stream is hidden",
    choices: mepMasks,
    default: "blank",
  },
  {
    flags: "--extractor <name>",
    description: "reads cues of answers: rules, sections, or chat (--judge-model)",
    default: "rules",
  },
  {
    flags: "--embedder <name>",
    description: `matches cues: ${embedders.join(", ")}`,
    default: "use-lite+concepts",
  },
  {
    flags: "--embedder-base-url <url>",
    description: "OpenAI-compatible server of that embedding model",
  },
  { flags: "--embedder-cache <file>", description: "JSONL file that keeps vectors" },
  {
    flags: "--thresholds <list>",
    description: "cosines from which cues match",
    reads: "cosines",
    default: [0.5, 0.6, 0.7],
  },
  {
    flags: "--headline <cosine>",
    description: "the threshold tables show",
    reads: "cosine",
    default: 0.6,
  },
  {
    flags: "--probe-tokens <n>",
    description: "length of a yes or no; models that think first need more",
    reads: "count",
  },
  { flags: "--name <text>", description: "what tables call the model" },
  { flags: "--retry-failed", description: "ask a server again what failed before" },
  {
    flags: "--no-guard",
    description: "go on though all answers of a server are empty, alike or failed",
  },
];
