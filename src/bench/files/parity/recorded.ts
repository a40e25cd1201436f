import type { Labels, RecordedLabels } from "../../mer-unibench/index.ts";
import type { MmeTask } from "../../mme-emotion/index.ts";

/** Shapes of the files of recorded cases. */

/** A text in, a value out, or the name of the exception that was raised. */
export interface TextCase<T> {
  in: T;
  out?: unknown;
  error?: string;
}

export interface LabelCase {
  id: string;
  name2gt: Record<string, Labels>;
  name2pred: Record<string, Labels>;
  process_names: string[] | null;
  expected: object;
}

export interface SentimentCase {
  id: string;
  name2gt: Record<string, number>;
  name2sentiment: Record<string, string>;
  expected: object;
  expected_reimpl_sklearn_ge_1_3?: object;
}

export interface MmeCase {
  task: MmeTask | "Overall";
  alpha: number;
  rows: { ground_truth: string; score: string | null }[];
  expected_stats: object;
  expected: object;
}

export function recordedLabels(given: LabelCase): RecordedLabels {
  return {
    truth: new Map(Object.entries(given.name2gt)),
    predictions: new Map(Object.entries(given.name2pred)),
    only: given.process_names,
  };
}
