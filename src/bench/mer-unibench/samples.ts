import { BenchError } from "../../core/errors.ts";
import { pythonFailure } from "./failure.ts";
import { stringToList } from "./labels.ts";
import type { LabelMap, Labels, ScoringMode } from "./types.ts";

/** One sample, its labels read. */
export interface Sample {
  id: string;
  truth: readonly string[];
  predicted: readonly string[];
}

export interface PairOptions {
  mode?: ScoringMode;
  /** Names the data set in errors. */
  set?: string;
  /** Score only these samples; default all that have a truth. */
  only?: readonly string[];
}

/**
 * Truth and prediction of every sample, in the truth's order.
 * @throws BenchError in compat mode `PYTHON_KEY_ERROR` where a prediction is missing; in strict
 *   mode `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA`, `TRUTH_EMPTY`, each naming set and samples.
 */
export function pairLabels(
  truth: LabelMap,
  predictions: LabelMap,
  options: PairOptions = {},
): Sample[] {
  const { mode = "strict", set = "this set", only } = options;
  const ids = only ?? [...truth.keys()];
  if (mode === "strict") checkCoverage(truth, predictions, set);
  const read = sharedWords(mode);
  return ids.map((id) => {
    const words = read(truth.get(id));
    if (mode === "strict" && words.length === 0) {
      throw new BenchError("TRUTH_EMPTY", `${set}: sample '${id}' has no true label`, {
        path: id,
        hint: "take the sample out, or give 'neutral', which is on no wheel and is skipped; compat mode skips it silently",
      });
    }
    if (!predictions.has(id)) throw pythonFailure("KeyError", `${set}: no prediction for '${id}'`);
    return { id, truth: words, predicted: read(predictions.get(id)) };
  });
}

/**
 * Reads label lists so that equal words are one string object. Every grouping looks every word up,
 * and a known object is hashed and compared much faster than a fresh slice of text.
 */
function sharedWords(mode: ScoringMode): (value: Labels | undefined) => string[] {
  const known = new Map<string, string>();
  return (value) =>
    stringToList(value, mode).map((word) => {
      const first = known.get(word);
      if (first === undefined) known.set(word, word);
      return first ?? word;
    });
}

/**
 * Refuses predictions that do not cover the truth exactly. @throws BenchError naming set and
 * samples.
 */
export function checkCoverage(
  truth: ReadonlyMap<string, unknown>,
  predictions: ReadonlyMap<string, unknown>,
  set: string,
): void {
  if (truth.size === 0) {
    throw new BenchError("TRUTH_EMPTY", `${set}: there are no true labels`, {
      hint: "check the label file",
    });
  }
  const missing = [...truth.keys()].filter((id) => !predictions.has(id));
  if (missing.length > 0) {
    throw new BenchError(
      "PREDICTIONS_MISSING",
      `${set}: ${missing.length} of ${truth.size} samples have no prediction: ${some(missing)}`,
      { hint: "run the model on them, or take them out of the truth and say so" },
    );
  }
  const extra = [...predictions.keys()].filter((id) => !truth.has(id));
  if (extra.length > 0) {
    throw new BenchError(
      "PREDICTIONS_EXTRA",
      `${set}: ${extra.length} predictions are of samples without truth: ${some(extra)}`,
      { hint: "is this the right label file? compat mode ignores them" },
    );
  }
}

function some(ids: readonly string[]): string {
  const shown = ids.slice(0, 5).join(", ");
  return ids.length > 5 ? `${shown}, … (${ids.length - 5} more)` : shown;
}

/** Mean number of distinct predicted words. */
export function meanListLength(samples: readonly Sample[]): number {
  let total = 0;
  for (const { predicted } of samples) {
    total += new Set(predicted.map((word) => word.toLowerCase())).size;
  }
  return total / samples.length;
}
