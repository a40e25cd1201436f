import { officialText } from "./official-text.ts";
import { parseSteps, type SampleScore, sampleScore } from "./score-string.ts";
import { type JudgedAnswer, type Tally, tallyTask } from "./tally.ts";
import { type MmeTask, mmeTask } from "./tasks.ts";

/*
 * Results in the layout in which outputs of the official code are recorded: what recorded cases are
 * compared with.
 */

/** Both parsers on one reply. */
export function recomputeSteps(reply: string): object {
  const strict = parseSteps(reply, "strict");
  const fraction = parseSteps(reply, "fraction");
  return {
    strict_parse: strict,
    strict_metrics: triple(sampleScore(strict)),
    fraction_parse: fraction,
    fraction_metrics: triple(sampleScore(fraction)),
    skipped_strict: strict === null || strict.length === 0,
    skipped_fraction: fraction === null || fraction.length === 0,
  };
}

/** Sums and the official text of one task, or of `Overall`. */
export function recomputeTask(
  task: MmeTask | "Overall",
  answers: readonly JudgedAnswer[],
  alpha: number,
  model: string,
): { expected_stats: object; expected: { text: string } } {
  const { parser, rename } =
    task === "Overall" ? { parser: "fraction" as const, rename: {} } : mmeTask(task);
  const tally = tallyTask(answers, parser, rename);
  const categories = [...tally.categories].map(([name, one]) => [name, sums(one)]);
  const total = { total: sums(tally.total) };
  return {
    expected_stats:
      task === "Overall" ? total : { ...total, categories: Object.fromEntries(categories) },
    expected: { text: officialText(task, tally, alpha, model) },
  };
}

const triple = ({ recognition, reasoning, steps }: SampleScore): number[] => [
  recognition,
  reasoning,
  steps,
];

const sums = ({ recognition, reasoning, count, steps }: Tally) => ({
  acc: recognition,
  reason: reasoning,
  count,
  step: steps,
});
