/*
 * Ids of every metric with what tables call it. Values (`metrics.ts`) and intervals (`interval.ts`)
 * are both typed by these, so neither can lack one.
 */

/** Metrics of open-vocabulary sets, the main one first. */
export const openLabels = {
  "ew-f": "EW F",
  "ew-precision": "EW precision",
  "ew-recall": "EW recall",
  "ew-f-level2": "EW F level 2",
  "ew-f-mean": "EW F, mean of levels",
  "m1-precision": "M1 precision",
  "m1-recall": "M1 recall",
  "m2-precision": "M2 precision",
  "m2-recall": "M2 recall",
  "m-avg-precision": "M-avg precision",
  "m-avg-recall": "M-avg recall",
} as const;
export type OpenMetric = keyof typeof openLabels;

/** MER2024-OV's score, of open-vocabulary sets with synonym groups. */
export const setLevelLabels = {
  "set-level": "set level, mean",
  "set-level-precision": "set level, precision",
  "set-level-recall": "set level, recall",
} as const;
export type SetLevelMetric = keyof typeof setLevelLabels;

/** Metrics of sentiment sets. */
export const sentimentLabels = { waf: "WAF", accuracy: "accuracy" } as const;
export type SentimentMetric = keyof typeof sentimentLabels;

/** Metrics of sets with basic emotions; those of single wheels come on top. */
export const hitLabels = { "hit-rate": "hit rate", "m-score": "m-score" } as const;
export type HitMetric = keyof typeof hitLabels;

/** A wheel's own hit rate. */
export const wheelMetric = (wheel: string): string => `hit-rate-${wheel}`;

/** Words in a predicted list; of every emotion set. */
export const listLength = "list-length";
