import { GuardError } from "../core/errors.ts";
import {
  type Level,
  type Watch,
  type WatchedOutcome,
  watchedOutcomes,
  watchLevel,
} from "./collapse.ts";
import type { GuardOptions } from "./options.ts";

/** What the guards look at after each step. */
export interface StepFacts {
  step: number;
  /** Share of groups whose rewards are not all equal. */
  informativeGroups: number;
  /** Share of completions without any text. */
  emptyShare: number;
  gradientNorm: number;
  loss: number;
  /** Mean |Δ log-prob| of trainer and sampler, same weights; undefined when not measured. */
  samplerGap?: number | undefined;
  /** Reward and format of the step's rollouts; undefined where nothing is sampled. */
  levels?: Readonly<Record<WatchedOutcome, Level>> | undefined;
}

/** Counters that survive a resume. */
export interface GuardState {
  constantSteps: number;
  zeroGradientSteps: number;
  /** From the first step on, against which the later ones are held. */
  watched?: Readonly<Record<WatchedOutcome, Watch>> | undefined;
}

export const initialGuardState: GuardState = { constantSteps: 0, zeroGradientSteps: 0 };

/**
 * Looks at one step and returns the next state.
 * @throws GuardError when the run has stopped learning; the message says why and what to try.
 */
export function guardStep(state: GuardState, facts: StepFacts, options: GuardOptions): GuardState {
  checkFinite(facts);
  if (facts.emptyShare > options.emptyShare) {
    stop(
      "GUARD_EMPTY",
      facts,
      `${percent(facts.emptyShare)} of the completions are empty`,
      "the policy ends at once: check the cold start, the prompt template and maxTokens",
    );
  }
  if (facts.samplerGap !== undefined && facts.samplerGap > options.samplerGap) {
    stop(
      "GUARD_SAMPLER_GAP",
      facts,
      `sampler and trainer disagree by ${facts.samplerGap.toFixed(4)} nats per token on the same weights`,
      "ratios would be wrong from the first update: check temperature, masking and weight sync",
    );
  }
  const watched = guardCollapse(state.watched, facts, options);
  const constantSteps = facts.informativeGroups > 0 ? 0 : state.constantSteps + 1;
  if (constantSteps >= options.constantRewardSteps) {
    stop(
      "GUARD_CONSTANT_REWARD",
      facts,
      `no group had different rewards for ${constantSteps} steps: every advantage is zero${atReward(facts)}`,
      "the task is solved or hopeless for this policy, or a reward term is constant: look at rollouts.jsonl",
    );
  }
  // Without different rewards a gradient may well be zero: that is for the guard above to say.
  const explained = facts.gradientNorm > 0 || facts.informativeGroups === 0;
  const zeroGradientSteps = explained ? 0 : state.zeroGradientSteps + 1;
  if (zeroGradientSteps >= options.zeroGradientSteps) {
    stop(
      "GUARD_ZERO_GRADIENT",
      facts,
      `the gradient was exactly zero for ${zeroGradientSteps} steps`,
      "the loss does not reach the weights: check loss preset, advantages and detached passes",
    );
  }
  return { constantSteps, zeroGradientSteps, ...(watched ? { watched } : {}) };
}

/** Holds recent steps against the first, whose rollouts come from the cold start's weights. */
function guardCollapse(
  before: GuardState["watched"],
  facts: StepFacts,
  { collapseShare, collapseSteps }: GuardOptions,
): GuardState["watched"] {
  const { levels } = facts;
  if (!levels) return before;
  const watch = (name: WatchedOutcome) => watchLevel(before?.[name], levels[name], collapseShare);
  const watched = { reward: watch("reward"), format: watch("format") };
  const name = watchedOutcomes.find((outcome) => watched[outcome].low >= collapseSteps);
  if (name) {
    const { start, recent, low } = watched[name];
    stop(
      "GUARD_COLLAPSE",
      facts,
      `${name} fell from ${start.toFixed(2)} on the cold start's weights to ${recent.toFixed(2)}, the ` +
        `mean of recent steps, and was below ${percent(collapseShare)} of it for ${low} steps`,
      "updates destroy what the cold start learned: lower rl.learningRate, raise loss.reference.weight, " +
        "or take more clips per step (rl.prompts); rollouts.jsonl shows what it says now",
    );
  }
  return watched;
}

/**
 * Canary: hiding a modality must change the log-probs of the same tokens, or the policy does not
 * receive that modality at all (audio absent, a misspelt switch, a dead encoder).
 */
export function guardCanary(
  effect: Readonly<Record<"video" | "audio", number>>,
  options: GuardOptions,
): void {
  for (const modality of ["video", "audio"] as const) {
    if (effect[modality] < options.canaryEffect || Number.isNaN(effect[modality])) {
      throw new GuardError(
        "GUARD_CANARY",
        `hiding the ${modality} changes log-probs by ${effect[modality]} nats per token on average: the policy does not use its ${modality}`,
        { hint: `check that clips have ${modality} and that the policy reads it` },
      );
    }
  }
}

/** @throws GuardError for a loss or gradient norm that is no number. */
export function checkFinite(facts: Pick<StepFacts, "step" | "loss" | "gradientNorm">): void {
  for (const name of ["loss", "gradientNorm"] as const) {
    if (!Number.isFinite(facts[name])) {
      stop(
        "GUARD_NOT_FINITE",
        facts,
        `${name} is ${facts[name]}`,
        "lower the learning rate or turn gradient clipping on; the last checkpoint is unharmed",
      );
    }
  }
}

const atReward = ({ levels }: StepFacts): string =>
  levels ? `, at a mean reward of ${levels.reward.mean.toFixed(2)}` : "";

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function stop(code: string, facts: { step: number }, message: string, hint: string): never {
  throw new GuardError(code, `step ${facts.step}: ${message}`, { hint });
}
