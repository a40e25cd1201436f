import { BenchError } from "../../../core/errors.ts";
import { type Difference, differenceJoined } from "../../../core/ratio.ts";
import { type AnswerMetric, answerMetrics } from "./answer-metrics.ts";
import { scaleOf } from "./estimates.ts";
import type { ReferenceResult } from "./evaluate.ts";
import { defaultThresholds, mepMetrics } from "./score.ts";

/** What tables need to know about a number. */
export type ReferenceMetric = Pick<AnswerMetric, "id" | "label" | "unit" | "better" | "about">;

/** Every number of a result with its meaning in words, in the order tables show them. */
export const referenceMetrics = (
  thresholds: readonly number[] = defaultThresholds,
): ReferenceMetric[] => [...answerMetrics, ...mepMetrics(thresholds)];

/**
 * a − b for every number, paired over clips, with 95 % bootstrap intervals.
 * @throws BenchError `COMPARE_ITEMS` when the results rest on different items or rules.
 */
export function compareReference(
  a: ReferenceResult,
  b: ReferenceResult,
): Record<string, Difference> {
  if (a.itemsHash !== b.itemsHash || a.rules !== b.rules) {
    throw new BenchError("COMPARE_ITEMS", `'${a.name}' and '${b.name}' were run on other items`, {
      hint: "evaluate both on the same frozen items",
    });
  }
  const { thresholds, bootstrap } = a.score.protocol;
  return Object.fromEntries(
    referenceMetrics(thresholds).flatMap(({ id, unit }) => {
      const [left, right] = [a.series[id], b.series[id]];
      if (left === undefined || right === undefined) return [];
      return [[id, differenceJoined(left, right, scaleOf(unit), bootstrap)]];
    }),
  );
}
