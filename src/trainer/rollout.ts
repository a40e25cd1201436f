import type { Completion, Policy } from "../policy/port.ts";
import type { Tokenizer, TokenOffset } from "../prompt/tokenizer.ts";
import type { Example } from "./example.ts";

/** One sampled response to one clip. */
export interface Rollout {
  example: Example;
  completion: Completion;
  /** Decoded completion, end token left out. */
  text: string;
  /** Character range of each token in `text`. */
  offsets: readonly TokenOffset[];
}

/** A group: the G rollouts of one prompt, whose rewards are compared with each other. */
export type Group = readonly Rollout[];

/** Samples `group` rollouts for each example. */
export async function sampleGroups(
  policy: Policy,
  tokenizer: Tokenizer,
  examples: readonly Example[],
  options: { group: number; maxTokens: number; temperature: number; seed: string },
): Promise<Group[]> {
  const completions = await policy.sample(
    examples.map((example) => example.prompt),
    {
      samplesPerPrompt: options.group,
      maxTokens: options.maxTokens,
      temperature: options.temperature,
      seed: options.seed,
    },
  );
  return examples.map((example, index) =>
    completions[index]!.map((completion): Rollout => {
      const { text, offsets } = tokenizer.decode(completion.tokens);
      return { example, completion, text, offsets };
    }),
  );
}

/** Share of rollouts with no text at all. */
export function emptyShare(rollouts: readonly Rollout[]): number {
  const empty = rollouts.filter((rollout) => rollout.text.trim() === "").length;
  return rollouts.length === 0 ? 1 : empty / rollouts.length;
}
