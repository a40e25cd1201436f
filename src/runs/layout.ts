import { join } from "node:path";

/** Name of the system that all variants start from. */
export const coldStart = "cold-start";

/** Name of the system that was trained on the truth: no competitor, but what could be reached. */
export const ceiling = "ceiling";

/**
 * Where everything of a run lies. One folder a run; one folder inside it for each trained system.
 */
export interface RunLayout {
  root: string;
  config: string;
  versions: string;
  /** Who works in the folder (`lockRun`). */
  lock: string;
  /** Clips that the synthetic corpus renders. */
  corpus: string;
  /** The clips as they were when the run began: ids, sides, groups. */
  data: string;
  /** Frozen benchmark items, written before any training. */
  items: string;
  /** The same for the reference track. */
  referenceItems: string;
  tokenizer: string;
  /** Feature statistics of the training split. */
  standardiser: string;
  timings: string;
  /** What people were told on the way, one object a line. */
  notices: string;
  report: string;
  table: string;
  system(name: string): SystemLayout;
}

/** One trained policy: the cold start, or one variant trained from it. */
export interface SystemLayout {
  root: string;
  /** One row per optimiser step. */
  metrics: string;
  /** Sampled rollouts with reward terms, every few steps. */
  rollouts: string;
  /** Newest resumable state; replaced whole. */
  checkpoint: string;
  /** The finished weights; exists only when training ended. */
  final: string;
  /** Why and when a guard ended the training, where one did. */
  stopped: string;
  evaluation: string;
  /** The same on the reference track. */
  referenceEvaluation: string;
}

export function runLayout(root: string): RunLayout {
  return {
    root,
    config: join(root, "config.json"),
    versions: join(root, "versions.json"),
    lock: join(root, "run.lock"),
    corpus: join(root, "corpus"),
    data: join(root, "data.json"),
    items: join(root, "mep-items.json"),
    referenceItems: join(root, "reference-items.json"),
    tokenizer: join(root, "tokenizer.json"),
    standardiser: join(root, "standardiser.json"),
    notices: join(root, "notices.jsonl"),
    timings: join(root, "timings.json"),
    report: join(root, "report.html"),
    table: join(root, "table.md"),
    system: (name) => systemLayout(join(root, name)),
  };
}

export function systemLayout(root: string): SystemLayout {
  return {
    root,
    metrics: join(root, "metrics.jsonl"),
    rollouts: join(root, "rollouts.jsonl"),
    checkpoint: join(root, "checkpoint"),
    final: join(root, "final"),
    stopped: join(root, "stopped.json"),
    evaluation: join(root, "evaluation.json"),
    referenceEvaluation: join(root, "reference.json"),
  };
}
