import { bootstrapDraws, intervalOfDraws, mean } from "../../../core/stats.ts";
import type { TokenUsage } from "../../../endpoint/port.ts";
import type { MetricResult } from "../../ask/result.ts";
import type { MmeResult } from "../score.ts";
import { parseSteps, type StepParser, sampleScore } from "../score-string.ts";
import type { JudgedAnswer, MmeScores } from "../tally.ts";

const names = ["cot", "recognition", "reasoning", "steps"] as const;

/** What each score is on every bootstrap draw; empty where nothing was judged. */
export type MmeDraws = Readonly<Record<(typeof names)[number], readonly number[]>>;

/** Draws over the samples that the official code counts, by its parser. */
export function mmeDraws(
  answers: readonly JudgedAnswer[],
  parser: StepParser,
  { alpha, seed }: { alpha: number; seed: string },
): MmeDraws {
  const values = answers.flatMap(({ reply }) => {
    const steps = parseSteps(reply, parser);
    if (steps === null || steps.length === 0) return [];
    const { recognition, reasoning } = sampleScore(steps);
    return [{ recognition, reasoning, steps: steps.length }];
  });
  const draws = bootstrapDraws(
    values.length,
    (drawn) => {
      const average = (of: (value: (typeof values)[number]) => number) => {
        let total = 0;
        for (const at of drawn) total += of(values[at]!);
        return total / drawn.length;
      };
      const recognition = average((value) => value.recognition);
      const reasoning = average((value) => value.reasoning);
      const steps = average((value) => value.steps);
      return { recognition, reasoning, steps, cot: alpha * recognition + (1 - alpha) * reasoning };
    },
    { draws: values.length === 0 ? 0 : 1000, seed: `mme-emotion/${seed}` },
  );
  return draw((name) => draws.map((one) => one[name]));
}

/** Tasks are drawn apart from each other; one that nothing was judged of is in no mean. */
export function macroDraws(tasks: readonly MmeDraws[]): MmeDraws {
  const judged = tasks.filter(({ cot }) => cot.length > 0);
  return draw((name) =>
    (judged[0]?.[name] ?? []).map((_, at) => mean(judged.map((task) => task[name][at]!))),
  );
}

const draw = (of: (name: (typeof names)[number]) => readonly number[]): MmeDraws =>
  Object.fromEntries(names.map((name) => [name, of(name)])) as unknown as MmeDraws;

/** The scores of a task, the CoT score first, each with the interval of its draws. */
export function mmeMetrics(scores: MmeScores, draws: MmeDraws): MetricResult[] {
  const labels = { cot: "CoT", recognition: "recognition", reasoning: "reasoning", steps: "steps" };
  return names.map((name): MetricResult => {
    const [unit, better] =
      name === "steps" ? (["count", "neither"] as const) : (["percent", "higher"] as const);
    const scale = unit === "percent" ? 100 : 1;
    const none = scores.count === 0;
    const { low, high } = intervalOfDraws(draws[name]);
    return {
      id: name,
      label: labels[name],
      value: none ? null : scale * scores[name],
      ...(!none && draws[name].length > 0 && { low: scale * low, high: scale * high }),
      n: scores.count,
      unit,
      better,
    };
  });
}

/** Micro and how long answers are, as in the leaderboard; then macro. */
export function mmeOverall(
  { micro, macro }: MmeResult,
  draws: { micro: MmeDraws; macro: MmeDraws },
  usages: Iterable<TokenUsage | undefined>,
): MetricResult[] {
  const named = (name: "micro" | "macro", scores: MmeScores) =>
    mmeMetrics(scores, draws[name]).map((metric) => ({
      ...metric,
      id: `${metric.id}-${name}`,
      label: `${metric.label}, ${name}`,
    }));
  const tokens = [...usages].flatMap((usage) => usage?.completionTokens ?? []);
  return [
    ...named("micro", micro),
    ...(tokens.length === 0 ? [] : [answerTokens(tokens)]),
    ...named("macro", macro),
  ];
}

const answerTokens = (tokens: readonly number[]): MetricResult => ({
  id: "answer-tokens",
  label: "tokens an answer",
  value: mean(tokens),
  n: tokens.length,
  unit: "count",
  better: "neither",
});
