import type { StreamName } from "./streams.ts";

/** One stream of every clip, at the policy's number of tokens. */
export interface StreamFeatures {
  /** [tokens × dim] by clip id. */
  byId: ReadonlyMap<string, Float32Array>;
  dim: number;
  notes: readonly string[];
}

/** One stream of one clip, read from a file of features. */
export interface ReadFeatures {
  id: string;
  stream: StreamName;
  file: string;
  /** Rows in the file. */
  rows: number;
  dim: number;
  /** [tokens × dim] */
  features: Float32Array;
}
