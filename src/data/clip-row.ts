/** The sides of an experiment a clip can stand on. */
export const splits = ["train", "validation", "test"] as const;
export type Split = (typeof splits)[number];

/**
 * Files of a clip, as absolute paths. One film with its own sound: `video` alone. Picture and sound
 * in separate files: both, and the film's own sound is not heard.
 */
export interface ClipMedia {
  video?: string;
  audio?: string;
}

/** Files of features made elsewhere, as absolute paths: [T, D] of one stream each. */
export interface ClipFeatureFiles {
  video?: string;
  audio?: string;
}

/**
 * One clip, wherever it comes from: the synthetic corpus, a user's list, a table, an importer.
 * Trainer, cold start, reward, export, benchmark and report take this and nothing else; only the
 * oracle track of MEP-Bench needs `truth`, which its source defines.
 */
export interface ClipRow<Truth = unknown> {
  /** Unique within a source, Unicode NFC. */
  id: string;
  /** Absent until `drawSplits` has given every row its side. */
  split?: Split;
  /** Speaker, dialogue or film: rows of one group never stand on two sides. */
  group?: string;
  media: ClipMedia;
  /** Streams that need no decoding. */
  features?: ClipFeatureFiles;
  /** Reference reasoning; its `<answer>`, where it has one, is a label. */
  reference?: string;
  /** Right answers: one, several (open vocabulary), or none. */
  labels: readonly string[];
  /** What is said in the clip. */
  subtitle?: string;
  /** What the model is asked, where it is not the common question. */
  question?: string;
  /** Whether face and voice agree, where the source says so. */
  congruent?: boolean;
  /** Responses for the cold start to imitate, where the source has some of its own. */
  coldStart?: readonly string[];
  truth?: Truth;
}

/** What a training clip is for: imitation in the cold start, or reinforcement learning. */
export type Stage = "sft" | "rl";

/**
 * A row that stands on a side. `stage`: of training clips, where the division draws it
 * (`data.split.sft`); otherwise whoever trains divides them.
 */
export type SplitRow<Truth = unknown> = ClipRow<Truth> & { split: Split; stage?: Stage };
