import { parseSteps, type SampleScore, type StepParser, sampleScore } from "./score-string.ts";

/** One judged answer: the judge's reply, `null` where judging failed. */
export interface JudgedAnswer {
  groundTruth: string;
  reply: string | null;
}

/**
 * Sums over the samples whose reply could be read, added in file order as the official code adds.
 */
export interface Tally {
  recognition: number;
  reasoning: number;
  steps: number;
  count: number;
}

export interface TaskTally {
  total: Tally;
  /** By true label, in order of first appearance. */
  categories: ReadonlyMap<string, Tally>;
  /** Left out of every denominator, as officially: judged nothing, or nothing readable. */
  skipped: { noReply: number; unreadable: number };
}

/** Sums of a task. `rename` merges label names for the categories only. */
export function tallyTask(
  answers: readonly JudgedAnswer[],
  parser: StepParser,
  rename: Readonly<Record<string, string>> = {},
): TaskTally {
  const total = emptyTally();
  const categories = new Map<string, Tally>();
  const skipped = { noReply: 0, unreadable: 0 };
  for (const { groundTruth, reply } of answers) {
    const steps = parseSteps(reply, parser);
    if (steps === null || steps.length === 0) {
      if (reply === null) skipped.noReply++;
      else skipped.unreadable++;
      continue;
    }
    const score = sampleScore(steps);
    const category = categories.get(groundTruth) ?? emptyTally();
    categories.set(groundTruth, category);
    add(total, score);
    add(category, score);
  }
  return { total, categories: renamed(categories, rename), skipped };
}

function emptyTally(): Tally {
  return { recognition: 0, reasoning: 0, steps: 0, count: 0 };
}

function add(tally: Tally, score: SampleScore): void {
  tally.recognition += score.recognition;
  tally.reasoning += score.reasoning;
  tally.steps += score.steps;
  tally.count++;
}

/** Merged after counting, category by category: the order of additions shows in the last bit. */
function renamed(
  categories: ReadonlyMap<string, Tally>,
  rename: Readonly<Record<string, string>>,
): Map<string, Tally> {
  const merged = new Map<string, Tally>();
  for (const [label, tally] of categories) {
    const name = Object.hasOwn(rename, label) ? rename[label]! : label;
    const known = merged.get(name) ?? emptyTally();
    merged.set(name, {
      recognition: known.recognition + tally.recognition,
      reasoning: known.reasoning + tally.reasoning,
      steps: known.steps + tally.steps,
      count: known.count + tally.count,
    });
  }
  return merged;
}

/** Means of a tally, as fractions of 1 except `steps`. */
export interface MmeScores {
  recognition: number;
  reasoning: number;
  /** alpha · recognition + (1 − alpha) · reasoning. */
  cot: number;
  /** Mean number of steps. */
  steps: number;
  count: number;
}

/** Means; all 0 for an empty tally, as officially. */
export function meanScores(tally: Tally, alpha: number): MmeScores {
  const { count } = tally;
  const mean = (sum: number) => (count === 0 ? 0 : sum / count);
  const recognition = mean(tally.recognition);
  const reasoning = mean(tally.reasoning);
  const cot = alpha * recognition + (1 - alpha) * reasoning;
  return { recognition, reasoning, cot, steps: mean(tally.steps), count };
}
