import type { ItemClip } from "../../src/bench/mep/oracle/item.ts";
import type { ResponseRecord } from "../../src/bench/mep/oracle/result.ts";
import type { ManifestRow } from "../../src/corpus/manifest.ts";
import type { Policy } from "../../src/policy/port.ts";
import type { Modality, Prompt } from "../../src/prompt/prompt.ts";
import type { WordTokenizer } from "../../src/prompt/tokenizer.ts";
import type { EmbedderOptions } from "../../src/similarity/options.ts";

/**
 * A finished run of the demo, opened to be read. Nothing is written in its folder but features of
 * held-out clips that it lacks.
 */
export interface FinishedRun {
  folder: string;
  seed: number;
  /** The cold start first, the others as the run trained them. */
  systems: readonly string[];
  /** Held-out clips in the order of the items, each with its truth. */
  clips: readonly HeldOut[];
  training: readonly ManifestRow[];
  tokenizer: WordTokenizer;
  /** Longest response that a policy of this run may give, tokens. */
  maxTokens: number;
  blank: Readonly<Record<Modality, Float32Array>>;
  embedder: EmbedderOptions;
  itemsHash: string;
  versions: unknown;
  /** Systems that a guard stopped, by the step whose weights are measured. */
  stopped: Readonly<Record<string, number>>;
  metrics(system: string): readonly Record<string, number>[];
  /** First response of a system to each held-out clip, by clip: judged by the oracle. */
  said(system: string): ReadonlyMap<string, ResponseRecord>;
  /** The trained policy; whoever opens it closes it. */
  policy(system: string): Promise<Policy>;
}

export interface HeldOut {
  id: string;
  item: ItemClip;
  row: ManifestRow;
  prompt: Prompt;
}
