import type { Experiment } from "../../config/schema.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import type { RewardOptions } from "../../rewards/options.ts";
import { termsOf } from "../../rewards/terms.ts";

/**
 * The experiment with the variants that can learn from these clips. Where no training clip has a
 * label, nobody knows a right answer, and a reward without perception is its format alone: the same
 * for every response, so there would be nothing to learn.
 * @throws ConfigError `VARIANTS_UNLABELLED` where none is left.
 */
export function learnable(experiment: Experiment, rows: readonly SplitRow[]): Experiment {
  if (rows.some(({ split, labels }) => split === "train" && labels.length > 0)) return experiment;
  const variants = Object.entries(experiment.variants).filter(([, { reward }]) =>
    rewardsReasoning(reward),
  );
  if (variants.length > 0) return { ...experiment, variants: Object.fromEntries(variants) };
  throw new ConfigError(
    "VARIANTS_UNLABELLED",
    "no training clip has a label, and no variant rewards perception",
    {
      path: "variants",
      hint: "name the labels' column with --label, or give a variant reward.weights.perception (reward.paper.alpha with form paper)",
    },
  );
}

/** Whether a term with a weight looks at more than the answer and the tags around it. */
function rewardsReasoning(reward: RewardOptions): boolean {
  return termsOf(reward).some(
    ({ name, weight }) => name !== "accuracy" && name !== "format" && weight(reward) > 0,
  );
}
