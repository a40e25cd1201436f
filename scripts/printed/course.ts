import { mean } from "../../src/core/stats.ts";

/** What is told of a training, by its name in metrics.jsonl. */
export const courseMetrics = [
  "paper/divergence",
  "nll/full",
  "nll/video",
  "nll/audio",
  "reward",
  "omni",
  "format",
  "claims",
] as const;

/** Means over ten steps each. */
export const stages = ["steps 1–10", "steps 21–30", "steps 41–50", "last 10"] as const;

/** Stage → metric → mean; what was not recorded is not there. */
export interface Course {
  steps: number;
  stages: Record<string, Record<string, number>>;
}

export function courseOf(rows: readonly Record<string, number>[]): Course {
  const parts = [rows.slice(0, 10), rows.slice(20, 30), rows.slice(40, 50), rows.slice(-10)];
  const told = (part: typeof rows) =>
    Object.fromEntries(
      courseMetrics.flatMap((name) => {
        const values = part.flatMap((row) => row[name] ?? []);
        return values.length === 0 ? [] : [[name, mean(values)]];
      }),
    );
  return {
    steps: rows.length,
    stages: Object.fromEntries(stages.map((stage, at) => [stage, told(parts[at]!)])),
  };
}
