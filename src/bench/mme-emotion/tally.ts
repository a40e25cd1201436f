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

/**
 * Sums of a task. `rename` merges label names, for the categories only, and before anything is
 * added, as officially: the order of additions shows in the last bit.
 */
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
    const label = Object.hasOwn(rename, groundTruth) ? rename[groundTruth]! : groundTruth;
    const category = categories.get(label) ?? emptyTally();
    categories.set(label, category);
    add(total, score);
    add(category, score);
  }
  return { total, categories, skipped };
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
