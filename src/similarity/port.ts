/** Maps texts to unit vectors; cosine similarity is then a dot product. */
export interface Embedder {
  /** Name and version, written into every record: similarities of two embedders don't compare. */
  readonly id: string;
  /**
   * One unit vector per text, same order. @throws SimilarityError for a vector that is not finite.
   */
  embed(texts: readonly string[]): Promise<Float32Array[]>;
  close?(): Promise<void>;
}

/**
 * Cosines below `low` count 0, above `high` 1, linear between (docs/method.md#similarity). Per
 * embedder.
 */
export interface Calibration {
  low: number;
  high: number;
}

/** Says which claims state which cues, in place of an embedder's cosines. */
export interface CueJudge {
  /** Name and version, written into every record. */
  readonly id: string;
  /**
   * Judges one response in one go: for each comparison its degrees from 0 to 1, [cues × claims],
   * same order. @throws OppoError, never guesses.
   */
  judge(comparisons: readonly JudgedComparison[]): Promise<number[][][]>;
}

/** Cues and claims of one modality; neither is empty. */
export interface JudgedComparison {
  modality: string;
  cues: readonly string[];
  claims: readonly string[];
}
