import { regroup } from "./regroup.ts";
import { relu } from "./relu.ts";
import { rmsNorm } from "./rms-norm.ts";
import type { FusedRules } from "./rule.ts";
import { softmax } from "./softmax.ts";
import { targetLogprob } from "./target-logprob.ts";
import { wholeLogprobs } from "./whole-logprobs.ts";

/**
 * Fused kernels, by the names of the jit functions in `policy/embedded/layers.ts`. In programs for
 * this executor these names are reserved: a jit function of such a name is replaced unseen.
 */
export const fusedRules: FusedRules = {
  softmax,
  targetLogprob,
  wholeLogprobs,
  rmsNorm,
  relu,
  regroup,
};
