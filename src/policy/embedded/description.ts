import type { ModelShape } from "./params.ts";

/**
 * What a policy is besides its numbers. Content of `policy.json`, with hashes of the two other
 * files.
 */
export interface PolicyDescription {
  shape: ModelShape;
  bos: number;
  eos: number;
}
