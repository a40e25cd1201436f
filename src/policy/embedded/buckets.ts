/** Static sizes that programs are compiled for. */

/** Sizes of what encodes prompts: P of them, text tokens of each. */
export interface PrefixBucket {
  prompts: number;
  text: number;
}

/**
 * Sizes of a program that scores completions: P prompts, G completions of each in T slots; their
 * tokens stand in N rows without gaps (`packing.ts`).
 */
export interface ScoringBucket extends PrefixBucket {
  group: number;
  tokens: number;
  /** N, blanks included. */
  rows: number;
  /** Where only some log-probs are wanted: R rows of them, in at most Q slots a completion. */
  reads?: { rows: number; width: number };
  /**
   * Where the whole vocabulary is wanted: in W rows, blanks included, of the N or R; all of those
   * where W is as many.
   */
  whole?: { rows: number };
}

/** Sizes of one decoding step: B completions, L positions of prefix and completion. */
export interface DecodeBucket {
  rows: number;
  length: number;
}
