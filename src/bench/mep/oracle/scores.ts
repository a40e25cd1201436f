import type { Condition } from "../shared/conditions.ts";
import { estimateRatio } from "./estimate.ts";
import type { ClipTally, Metric } from "./metric.ts";
import { metricScales } from "./metrics.ts";
import type { EvaluationOptions } from "./options.ts";
import { type Exam, judge, type Responses } from "./respond.ts";
import { responseMetrics } from "./response-metrics.ts";
import type { SystemScores } from "./result.ts";
import type { Tally } from "./tally.ts";

/** Every metric of the catalogue over the clips' tallies, with its interval. */
export function scoreTallies(
  name: string,
  catalogue: readonly Metric[],
  tallies: readonly ClipTally[],
  options: EvaluationOptions,
): SystemScores {
  const bootstrap = { draws: options.bootstrapDraws, seed: `bootstrap/${options.seed}` };
  const out: SystemScores = { name, estimates: {}, series: {} };
  for (const metric of catalogue) {
    const series = {
      numerator: tallies.map(metric.numerator),
      denominator: tallies.map(metric.denominator),
    };
    out.series[metric.id] = series;
    out.estimates[metric.id] = estimateRatio(series, metricScales[metric.id]!, bootstrap);
  }
  return out;
}

/**
 * Floors of a system: responses without input (`blind`, `text-only`), and its full-input responses
 * scored against another clip (`shuffled`): what its habits of speaking earn without looking.
 */
export function scoreControls(
  name: string,
  full: Responses,
  hidden: ReadonlyMap<Condition, Responses>,
  exam: Exam,
  options: EvaluationOptions,
): SystemScores[] {
  const { clips } = exam.items;
  const row = (label: string, tallies: readonly Tally[]) =>
    scoreTallies(
      `${name}, ${label}`,
      responseMetrics,
      clips.map(({ congruent }, index) => ({
        congruent,
        conditions: tallies[index] === undefined ? {} : { full: tallies[index] },
        probes: [],
      })),
      options,
    );
  const position = new Map(clips.map(({ id }, index) => [id, index]));
  const shuffled = clips.map((clip) => {
    const responses = full.generations[position.get(clip.donors.shuffled)!]!;
    return judge(responses, clip, clip, exam.oracle).tally;
  });
  return [
    row("blind", hidden.get("blind")?.tallies ?? []),
    row("text-only", hidden.get("text-only")?.tallies ?? []),
    row("shuffled", shuffled),
  ];
}
