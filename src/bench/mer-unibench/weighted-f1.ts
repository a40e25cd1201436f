import { BenchError } from "../../core/errors.ts";
import { pairwiseSum } from "../../core/pairwise-sum.ts";
import { checkCoverage } from "./samples.ts";

/**
 * How F1 is computed. `counts` (sklearn ≥ 1.3): 2·tp ÷ (true + predicted). `ratios` (before): 2PR ÷
 * (P+R). Equal but for the last bit.
 */
export type F1Formula = "counts" | "ratios";

export interface WeightedF1 {
  /** Σ support · F1 ÷ Σ support over the classes that occur in truth or prediction. */
  waf: number;
  accuracy: number;
  n: number;
}

/**
 * Support-weighted mean F1, as `sklearn.metrics.f1_score(average="weighted")` with zero division as
 * 0.
 */
export function weightedF1<Label extends string | number>(
  truth: readonly Label[],
  predicted: readonly Label[],
  formula: F1Formula = "counts",
): WeightedF1 {
  const classes = [...new Set([...truth, ...predicted])].sort((a, b) => (a < b ? -1 : 1));
  const supports: number[] = [];
  const weighted = classes.map((label) => {
    let both = 0;
    let actual = 0;
    let claimed = 0;
    for (let i = 0; i < truth.length; i++) {
      const isActual = truth[i] === label;
      const isClaimed = predicted[i] === label;
      if (isActual) actual++;
      if (isClaimed) claimed++;
      if (isActual && isClaimed) both++;
    }
    supports.push(actual);
    return f1(both, actual, claimed, formula) * actual;
  });
  const right = truth.filter((label, index) => label === predicted[index]).length;
  return {
    waf: pairwiseSum(weighted) / pairwiseSum(supports),
    accuracy: right / truth.length,
    n: truth.length,
  };
}

function f1(both: number, actual: number, claimed: number, formula: F1Formula): number {
  if (both === 0) return 0;
  if (formula === "counts") return (2 * both) / (actual + claimed);
  const precision = both / claimed;
  const recall = both / actual;
  return (2 * precision * recall) / (precision + recall);
}

/**
 * MER2026's tracks with fixed classes: MER-Cross (six emotions) and MER-Prefer (two).
 * @throws BenchError `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA`, `CLASS_UNKNOWN` for a label
 *   outside `classes`
 */
export function classificationScore(
  truth: ReadonlyMap<string, string>,
  predictions: ReadonlyMap<string, string>,
  options: { set?: string; classes?: readonly string[] } = {},
): WeightedF1 {
  const { set = "this set", classes } = options;
  checkCoverage(truth, predictions, set);
  for (const [id, label] of [...truth, ...predictions]) {
    if (classes === undefined || classes.includes(label)) continue;
    throw new BenchError("CLASS_UNKNOWN", `${set}: '${label}' of sample '${id}' is no class`, {
      path: id,
      hint: `classes: ${classes.join(", ")}`,
    });
  }
  const ids = [...truth.keys()];
  return weightedF1(
    ids.map((id) => truth.get(id)!),
    ids.map((id) => predictions.get(id)!),
  );
}
