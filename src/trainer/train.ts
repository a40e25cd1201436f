import { GuardError } from "../core/errors.ts";
import type { ProgressListener } from "../core/progress.ts";
import { Rng } from "../core/rng.ts";
import { type ControllerState, startController } from "../loss/controller.ts";
import type { LossOptions } from "../loss/options.ts";
import { requiredPasses } from "../loss/terms.ts";
import type { Policy } from "../policy/port.ts";
import type { MaskSources } from "../prompt/mask.ts";
import type { Tokenizer } from "../prompt/tokenizer.ts";
import type { RewardOptions } from "../rewards/options.ts";
import type { Scorer } from "../rewards/scorer.ts";
import { resumeCheckpoint, saveCheckpoint } from "../runs/checkpoint.ts";
import type { SystemLayout } from "../runs/layout.ts";
import { Recorder } from "../runs/record.ts";
import { collectGroups, rolloutsOf, type ScoredGroup } from "./collect.ts";
import type { Example } from "./example.ts";
import { type GuardState, guardCanary, initialGuardState } from "./guards.ts";
import { learn } from "./learn.ts";
import { rolloutRows } from "./metrics.ts";
import type { MaskOptions, RlOptions } from "./options.ts";
import { type MaskedPass, maskEffect, maskedPasses } from "./passes.ts";

/** Everything one reinforcement-learning run needs. The policy comes loaded with the cold start. */
export interface RlRun {
  name: string;
  policy: Policy;
  /** Frozen copy of the cold start; needed when `loss.reference.weight` is above 0. */
  reference?: Policy;
  tokenizer: Tokenizer;
  examples: readonly Example[];
  scorer: Scorer;
  options: RlOptions;
  mask: MaskOptions;
  loss: LossOptions;
  reward: RewardOptions;
  /** Feature rows of black frames and silence, for blank masking. */
  blank?: MaskSources["blank"];
  seed: number | string;
  layout: SystemLayout;
  progress: ProgressListener;
  /** Things people should be told, for example that the claim controller acted. */
  notice: (message: string) => void;
}

/** What a checkpoint holds beside the policy. */
export interface TrainerState {
  guards: GuardState;
  controller: ControllerState;
}

/**
 * OPPO: sample → score → masked passes → advantages, loss, step → record.
 * Ends with the weights in `layout.final`; killed and started again, it goes on from its checkpoint.
 * @throws GuardError when the run has stopped learning.
 */
export async function trainRl(run: RlRun): Promise<void> {
  const { policy, options, layout } = run;
  const resumed = await resumeCheckpoint<TrainerState>(layout, policy);
  const start = resumed?.step ?? 0;
  let state = resumed?.state ?? { guards: initialGuardState, controller: startController() };
  const recorder = new Recorder(layout, start);

  for (let step = start; step < options.steps; step++) {
    const began = performance.now();
    const groups = await collectGroups(run, step);
    if (step === 0) await canary(run, groups);
    const outcome = await learn(run, groups, hiddenPasses(run, groups, step), state, step).catch(
      (error: unknown) => {
        // What made a guard stop the run is the first thing its reader wants to see.
        if (error instanceof GuardError) recorder.rollouts(rolloutRows(step + 1, groups));
        throw error;
      },
    );
    state = outcome.state;
    const seconds = (performance.now() - began) / 1000;
    recorder.metrics({ step: step + 1, ...outcome.metrics, seconds });
    if (step % options.rolloutsEvery === 0) recorder.rollouts(rolloutRows(step + 1, groups));
    const { reward = 0, claims = 0 } = outcome.metrics;
    run.progress({
      step: run.name,
      done: step + 1,
      total: options.steps,
      values: { reward, claims },
    });
    if ((step + 1) % options.checkpointEvery === 0 && step + 1 < options.steps) {
      await saveCheckpoint(layout, policy, step + 1, state);
    }
  }
  await policy.save(layout.final);
}

/** The masked passes this loss needs: none for plain GRPO, both for attribution margins. */
function hiddenPasses(run: RlRun, groups: readonly ScoredGroup[], step: number): MaskedPass[] {
  const required = requiredPasses(run.loss);
  if (required === "none") return [];
  const passes = required === "both" ? "both" : run.mask.passes;
  return maskedPasses(groups.map(rolloutsOf), { ...maskPlan(run, step), passes });
}

/** Before the first step: a policy that doesn't notice a hidden modality never received it. */
async function canary(run: RlRun, groups: readonly ScoredGroup[]): Promise<void> {
  if (run.options.guards.canaryEffect === 0) return;
  const effect = await maskEffect(run.policy, groups.map(rolloutsOf), maskPlan(run, 0));
  guardCanary(effect, run.options.guards);
}

function maskPlan(run: RlRun, step: number) {
  return {
    mode: run.mask.mode,
    donors: run.examples,
    blank: run.blank,
    step,
    rng: new Rng(`${run.seed}/masks/${step}`),
  };
}
