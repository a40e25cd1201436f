/** One stream of every clip, at the policy's number of tokens. */
export interface StreamFeatures {
  /** [tokens × dim] by clip id. */
  byId: ReadonlyMap<string, Float32Array>;
  dim: number;
  notes: readonly string[];
}
