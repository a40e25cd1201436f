import type { Choice } from "../../ask/choose.ts";
import type { OptionSpec } from "../../port.ts";
import type { EmbedderChoice } from "../asked/command-options.ts";
import { printedThreshold } from "./metrics.ts";
import { type PaperMask, paperMasks } from "./questions.ts";

export interface PaperOptions extends EmbedderChoice, Choice {
  items?: string;
  clips?: string;
  /** Folders of trained systems, one row each. */
  run?: readonly string[];
  /** JSONL of stored answers. */
  predictions?: string;
  mask: PaperMask;
  extractor: string;
  threshold: number;
  probeTokens?: number;
  maxTokens?: number;
}

/** Options of `oppo bench mep-paper`; `embedders` are names of embedders that need no server. */
export const paperOptions = (embedders: readonly string[]): OptionSpec[] => [
  { flags: "--items <file>", description: "item file of `oppo bench mep-paper build`" },
  { flags: "--clips <folder>", description: "clips of the items" },
  {
    flags: "--run <folder...>",
    description: "trained systems of this project, for example runs/demo/oppo",
  },
  {
    flags: "--predictions <file>",
    description: "JSONL of stored answers: question id (or sample id) and text; no server",
  },
  {
    flags: "--mask <variant>",
    description: "how a whole stream is hidden: black frames and silence, or no such track",
    choices: paperMasks,
    default: "blank",
  },
  {
    flags: "--extractor <name>",
    description:
      "takes the thinking apart: chat (--judge-model), as printed; rules or sections: stand-ins",
    default: "chat",
  },
  {
    flags: "--embedder <name>",
    description: `matches cues: ${embedders.join(", ")}; Qwen3-Embedding by --embedder-base-url`,
    default: "use-lite+concepts",
  },
  {
    flags: "--embedder-base-url <url>",
    description: "OpenAI-compatible server of that embedding model",
  },
  { flags: "--embedder-cache <file>", description: "JSONL file that keeps vectors" },
  {
    flags: "--threshold <cosine>",
    description: "a cue is recalled above it",
    reads: "cosine",
    default: printedThreshold,
  },
  {
    flags: "--probe-tokens <n>",
    description: "length of a yes or no (default: 10); models that think first need more",
    reads: "count",
  },
];
