import { pythonDigit, pythonInteger, pythonSpace } from "../../core/python-text.ts";

/** First `<score>` element that begins and ends on one line; case matters. */
const element = /<score>([^\n]*?)<\/score>/;
/** One space exactly, one digit, over 1: "1:1/1" is missed, "1/10" reads as 1, "2/1" as 2. */
const strictStep = new RegExp(`: (${pythonDigit})/1`, "gu");
const fractionStep = new RegExp(`:${pythonSpace}*(${pythonDigit}+)/(${pythonDigit}+)`, "gu");

/** How step scores are read. `strict`: "0/1" or "1/1". `fraction`: n/d, where d = 0 gives 0. */
export type StepParser = "strict" | "fraction";

/**
 * Scores of the steps in a judge's reply, the recognition step last, read as the official code
 * reads them: a step it cannot read is skipped, so the one before it becomes the last.
 * @returns `null` without a `<score>` element; an empty list without a readable step
 */
export function parseSteps(reply: string | null, parser: StepParser): number[] | null {
  // The official code turns a missing reply into the text "None".
  const inside = element.exec(reply ?? "None")?.[1];
  if (inside === undefined) return null;
  if (parser === "strict") {
    return [...inside.matchAll(strictStep)].map((match) => pythonInteger(match[1]!));
  }
  return [...inside.matchAll(fractionStep)].map((match) => {
    const below = pythonInteger(match[2]!);
    return below === 0 ? 0 : pythonInteger(match[1]!) / below;
  });
}

export interface SampleScore {
  /** Score of the last step: the recognition step. */
  recognition: number;
  /** Mean of the steps before it; 0 where there is none. */
  reasoning: number;
  steps: number;
}

/** Recognition and reasoning of one sample; all 0 for no steps, which the official code skips. */
export function sampleScore(steps: readonly number[] | null): SampleScore {
  if (steps === null || steps.length === 0) return { recognition: 0, reasoning: 0, steps: 0 };
  const before = steps.slice(0, -1);
  const total = before.reduce((sum, score) => sum + score, 0);
  return {
    recognition: steps.at(-1)!,
    reasoning: before.length === 0 ? 0 : total / before.length,
    steps: steps.length,
  };
}
