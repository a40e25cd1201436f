import { RunError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import type { ClaimTokens } from "../cues/cue.ts";
import { readsWhole } from "../loss/reads.ts";
import type { Completion, Datum } from "../policy/port.ts";
import { type Modality, modalities, type Prompt } from "../prompt/prompt.ts";
import type { TokenOffset } from "../prompt/tokenizer.ts";
import type { ScoredResponse } from "../rewards/scorer.ts";
import { type Example, epochOrder } from "./example.ts";
import type { RlRun } from "./run.ts";

/** A response as it is sampled for a clip. From here on it only grows. */
interface SampledRollout {
  example: Example;
  completion: Completion;
  /** Decoded completion, end token left out. */
  text: string;
  /** Character range of each token in `text`. */
  offsets: readonly TokenOffset[];
}

/** A sampled response with its reward. */
export interface Rollout extends SampledRollout {
  scored: ScoredResponse;
}

/** A group: the G rollouts of one prompt, whose rewards are compared with each other. */
export type Group = readonly Rollout[];

/** What a pass hides: one stream, or both at once. */
export type HiddenStream = Modality | "both";
export const hiddenStreams: Readonly<Record<HiddenStream, readonly Modality[]>> = {
  video: ["video"],
  audio: ["audio"],
  both: modalities,
};

/** A rollout's prompt with one stream hidden, or both. */
export interface HiddenPrompt {
  /** Shared by the rollouts of a group, so that an engine encodes it once. */
  prompt: Prompt;
  /**
   * The stream still shows something (another clip's, with `swap`), so claiming about it is not
   * blind: the onset term leaves such passes out.
   */
  partial: boolean;
  /** Tokens of the completion at which the loss looks, ascending; undefined: all. */
  read?: readonly number[] | undefined;
}

/** What an update needs of a rollout: the whole of it, grown. */
export interface TrainingRollout extends Pick<Rollout, "example" | "completion"> {
  /** Group-relative advantage A_i. */
  advantage: number;
  /** Its claims on its tokens. */
  claims: readonly ClaimTokens[];
  /**
   * Clauses that a cue of the reference stands behind, on its tokens; where the scorer read them.
   */
  clauses?: readonly ClaimTokens[];
  /** The group it belongs to, from 0. */
  group?: number;
  /** Its claims with all their tokens; only where a term reads them. */
  sentences?: readonly ClaimTokens[];
  hidden: Partial<Record<HiddenStream, HiddenPrompt>>;
  /** Log-probs under the frozen cold start, [tokens]; only where the reference KL is on. */
  reference?: Float32Array;
}

/** The completion on its own prompt, nothing hidden. */
export const fullDatum = ({
  example,
  completion,
}: Pick<Rollout, "example" | "completion">): Datum => ({
  prompt: example.prompt,
  tokens: completion.tokens,
});

/**
 * Sample → score → resample constant groups. With dynamic sampling (DAPO) groups without reward
 * variance are replaced by groups of other clips, for a bounded number of rounds; what is still
 * missing then is filled with uninformative groups, so that batch shapes stay the same.
 * @throws RunError RL_TOO_FEW when the clips do not fill one step.
 */
export async function collectGroups(run: RlRun, step: number): Promise<Group[]> {
  const { prompts, dynamicSampling } = run.options;
  const rounds = dynamicSampling.enabled ? dynamicSampling.tries : 1;
  const informative: Group[] = [];
  const constant: Group[] = [];
  for (let round = 0; round < rounds && informative.length < prompts; round++) {
    const sampled = await sample(run, examplesOf(run, step, round), step, round);
    for (const group of await score(run, sampled)) {
      (hasVariance(group) ? informative : constant).push(group);
    }
  }
  return [...informative, ...constant].slice(0, prompts);
}

/** Whether a group's rewards differ at all: only then do its advantages carry information. */
export function hasVariance(group: Group): boolean {
  const rewards = group.map(({ scored }) => scored.reward);
  return Math.max(...rewards) - Math.min(...rewards) > 1e-9;
}

/** G responses to each example: out[example][sample]. */
async function sample(
  { policy, tokenizer, options, seed, loss, terms }: RlRun,
  examples: readonly Example[],
  step: number,
  round: number,
): Promise<SampledRollout[][]> {
  const completions = await policy.sample(
    examples.map(({ prompt }) => prompt),
    {
      samplesPerPrompt: options.group,
      maxTokens: options.maxTokens,
      temperature: options.temperature,
      seed: `${seed}/rollouts/${step}/${round}`,
      ...(readsWhole(loss, terms?.loss) ? { chances: true } : {}),
    },
  );
  return examples.map((example, index) =>
    completions[index]!.map((completion) => ({
      example,
      completion,
      ...tokenizer.decode(completion.tokens),
    })),
  );
}

/** All responses are scored in one call, so that their texts are embedded together. */
async function score(run: RlRun, groups: SampledRollout[][]): Promise<Group[]> {
  const items = groups.flat().map(({ text, example }) => ({
    response: text,
    reference: example.reference,
    labels: example.labels,
  }));
  const scored = (await run.scorer.score(items)).values();
  return groups.map((group) =>
    group.map((rollout) => ({ ...rollout, scored: scored.next().value! })),
  );
}

/** Shuffled passes over the examples; later rounds of a step draw from a stream of their own. */
function examplesOf({ examples, options, seed }: RlRun, step: number, round: number): Example[] {
  if (examples.length < options.prompts) {
    const few = examples.length > 0 ? `set rl.prompts to ${examples.length} or less, ` : "";
    throw new RunError(
      "RL_TOO_FEW",
      `${examples.length} training clips do not fill a step of ${options.prompts} clips`,
      {
        path: "rl.prompts",
        hint: `${few}bring more training clips, or lower sft.share (data.split.sft), which leaves more of them to reinforcement learning`,
      },
    );
  }
  const rng = new Rng(`${seed}/clips/${round}`);
  const shuffled = (epoch: number) => rng.fork(`epoch-${epoch}`).shuffle([...examples.keys()]);
  return epochOrder(examples.length, options.prompts, step, shuffled).map(
    (index) => examples[index]!,
  );
}
