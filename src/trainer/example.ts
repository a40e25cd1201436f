import type { CueSet } from "../cues/cue.ts";
import type { Prompt } from "../prompt/prompt.ts";

/** One training clip: what the policy sees and what its answer is scored against. */
export interface Example {
  id: string;
  prompt: Prompt;
  /** Cues of the reference reasoning. */
  reference: CueSet;
  /** Right answers: one, several, or none, which leaves accuracy out of the reward. */
  labels: readonly string[];
}

/** One supervised example: responses to imitate, one an epoch in turn. */
export interface Demonstration {
  id: string;
  prompt: Prompt;
  responses: readonly string[];
}

/**
 * Position in an endless sequence of shuffled passes over `count` items: stateless, so a resume is
 * exact.
 */
export function epochOrder(
  count: number,
  size: number,
  step: number,
  shuffle: (epoch: number) => readonly number[],
): number[] {
  const perEpoch = Math.floor(count / size);
  const order = shuffle(Math.floor(step / perEpoch));
  const at = (step % perEpoch) * size;
  return order.slice(at, at + size);
}
