import type { Experiment } from "../../config/schema.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SplitRow } from "../../data/clip-row.ts";

/**
 * The experiment with the variants that can learn from these clips. Where no training clip has a
 * label, nobody knows a right answer, and a reward without perception is its format alone: the same
 * for every response, so there would be nothing to learn.
 * @throws ConfigError `VARIANTS_UNLABELLED` where none is left.
 */
export function learnable(experiment: Experiment, rows: readonly SplitRow[]): Experiment {
  if (rows.some(({ split, labels }) => split === "train" && labels.length > 0)) return experiment;
  const variants = Object.entries(experiment.variants).filter(
    ([, { reward }]) => reward.weights.perception > 0,
  );
  if (variants.length > 0) return { ...experiment, variants: Object.fromEntries(variants) };
  throw new ConfigError(
    "VARIANTS_UNLABELLED",
    "no training clip has a label, and no variant rewards perception",
    {
      path: "variants",
      hint: "name the labels' column with --label, or give a variant reward.weights.perception",
    },
  );
}
