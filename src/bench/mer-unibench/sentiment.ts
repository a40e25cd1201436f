import { BenchError } from "../../core/errors.ts";
import { pythonFailure } from "./failure.ts";
import { checkCoverage } from "./samples.ts";
import type { ScoringMode, SentimentMap, SentimentScore, ValueMap } from "./types.ts";
import { weightedF1 } from "./weighted-f1.ts";

const intensity: ReadonlyMap<string, number> = new Map([
  ["positive", 1],
  ["negative", -1],
  ["neutral", 0],
]);

/**
 * Sentiment as positive against not positive: samples of true value 0 are left out, and a neutral
 * or unreadable prediction counts as negative.
 * @throws BenchError compat: `PYTHON_KEY_ERROR` for a missing prediction, `PYTHON_INDEX_ERROR`
 *   where all true values are 0. strict: `PREDICTIONS_MISSING`, `PREDICTIONS_EXTRA`,
 *   `TRUTH_NOT_A_NUMBER`, `NOTHING_SCORED`
 */
export function sentimentScore(
  truth: ValueMap,
  predictions: SentimentMap,
  options: { mode?: ScoringMode; set?: string } = {},
): SentimentScore {
  const { mode = "strict", set = "this set" } = options;
  if (mode === "strict") checkTruth(truth, predictions, set);
  const actual: number[] = [];
  const claimed: number[] = [];
  let unreadable = 0;
  for (const [id, value] of truth) {
    const text = predictions.get(id);
    if (text === undefined) throw pythonFailure("KeyError", `${set}: no prediction for '${id}'`);
    const read = intensity.get(text);
    if (read === undefined) unreadable++;
    if (value === 0) continue;
    actual.push(value > 0 ? 1 : 0);
    claimed.push((read ?? 0) > 0 ? 1 : 0);
  }
  if (actual.length === 0) throw allZero(mode, set);
  const { waf, accuracy, n } = weightedF1(actual, claimed, "counts");
  return {
    metric: "waf",
    main: waf,
    wafBefore13: weightedF1(actual, claimed, "ratios").waf,
    accuracy,
    scored: n,
    unreadable,
  };
}

function checkTruth(truth: ValueMap, predictions: SentimentMap, set: string): void {
  checkCoverage(truth, predictions, set);
  for (const [id, value] of truth) {
    if (Number.isFinite(value)) continue;
    throw new BenchError("TRUTH_NOT_A_NUMBER", `${set}: the value of '${id}' is ${value}`, {
      path: id,
      hint: "give its sentiment intensity, or take the sample out",
    });
  }
}

function allZero(mode: ScoringMode, set: string): BenchError {
  const message = `${set}: every true value is 0, so no sample is scored`;
  if (mode === "compat") return pythonFailure("IndexError", message);
  return new BenchError("NOTHING_SCORED", message, { hint: "is this the right label file?" });
}
