import { canonicalJson } from "../../core/files.ts";
import type { TokenUsage } from "../../endpoint/port.ts";

/**
 * What one model reached on one benchmark: plain JSON, written as results.json and read by the
 * page.
 */
export interface BenchmarkResult {
  /** The benchmark's id: `mep`, `mer-unibench`, `mme-emotion`. */
  benchmark: string;
  /** The responder's id: model and server, checkpoint, or file of answers. */
  model: string;
  /** What tables call it, where the user gave a name (`--name`); `model` stays what it is. */
  name?: string;
  /** One entry a data set, task or variant, in the order tables show them. */
  sets: SetResult[];
  /** Numbers over all sets (the mean of a row). */
  overall?: MetricResult[];
  protocol: BenchmarkProtocol;
  /** Sentences a reader must know: leaks, contamination, what was left out. */
  notes: string[];
  /** As the servers counted; absent where nothing was asked of one. */
  usage?: {
    promptTokens: number;
    completionTokens: number;
    /** Of the model under test, in the currency of the given prices. */
    cost?: number;
    /** Of judges and extractors; answers from their cache count as when they were made. */
    tools?: TokenUsage;
    /** Of judges and extractors, in the currency of their prices. */
    toolsCost?: number;
  };
}

export interface SetResult {
  name: string;
  /** The checkpoint this score is of, where there were several. */
  checkpoint?: string;
  /** Why there is no score, where there is none. */
  unscored?: string;
  /** The first one is the main metric. */
  metrics: MetricResult[];
  counts: QuestionCounts;
}

/** Nothing disappears: answered + failed = asked. */
export interface QuestionCounts {
  asked: number;
  answered: number;
  /** No answer after all retries; `failures` counts them by error code. */
  failed: number;
  /** Answered, but the parser could not read it. */
  unparseable: number;
  failures?: Record<string, number>;
}

/** Codes in a fixed order: the order of failures in time must not show in results. */
export function countsOf(
  asked: number,
  answered: number,
  unparseable: number,
  failures: Readonly<Record<string, number>>,
): QuestionCounts {
  const counts = { asked, answered, failed: asked - answered, unparseable };
  if (asked === answered) return counts;
  return { ...counts, failures: JSON.parse(canonicalJson(failures)) };
}

export interface MetricResult {
  id: string;
  label: string;
  /** Null where nothing was counted. */
  value: number | null;
  /** The official code gives NaN here (compat mode), which JSON cannot hold; `value` is null. */
  nan?: true;
  /** 95 % bootstrap interval over samples; absent where none was computed. */
  low?: number | null;
  high?: number | null;
  /** What the number rests on: samples, cues, probes. */
  n?: number;
  unit: "percent" | "count" | "score";
  better: "higher" | "lower" | "neither";
}

/** Two results compare when these agree. */
export interface BenchmarkProtocol {
  /** How it was scored: "published", "common checkpoint", "mep-1" … */
  name: string;
  /** Word lists and wheels, where words are mapped to clusters. */
  mapping?: string;
  /** sha256 of all prompts. */
  promptsHash?: string;
  /** Models and tools besides the one under test: judge, extractor, embedder, by role. */
  tools: Record<string, string>;
  /** Thresholds, seeds, masking variant, hashes of items. */
  settings: Record<string, string | number | boolean>;
}
