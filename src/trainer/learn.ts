import { advanceController, suppression } from "../loss/controller.ts";
import { omniPerceptionObjective } from "../loss/objective.ts";
import { batchAdvantages } from "../rewards/advantages.ts";
import { rolloutsOf, type ScoredGroup } from "./collect.ts";
import { checkFinite, guardStep } from "./guards.ts";
import { groupMetrics } from "./metrics.ts";
import type { MaskedPass } from "./passes.ts";
import { emptyShare } from "./rollout.ts";
import type { RlRun, TrainerState } from "./train.ts";
import { rolloutBatch, update } from "./update.ts";

/** What one rollout batch taught: numbers to record, and the state to go on with. */
export interface Lesson {
  metrics: Record<string, number>;
  state: TrainerState;
}

/** Advantages, controller and optimiser steps on one rollout batch; the guards look at each batch once. */
export async function learn(
  run: RlRun,
  collected: readonly ScoredGroup[],
  passes: readonly MaskedPass[],
  state: TrainerState,
  step: number,
): Promise<Lesson> {
  const metrics = groupMetrics(collected);
  const controller = controlled(run, metrics, state);
  const strength = suppression(controller, run.loss.controller);
  const batch = await rolloutBatch(collected, advantagesOf(run, collected), run.reference);
  const measured: Record<string, number> = { suppression: strength };
  for (let round = 0; round < run.options.updatesPerBatch; round++) {
    const {
      result,
      step: report,
      samplerGap,
    } = await update(
      run.policy,
      batch,
      passes,
      {
        options: run.loss,
        loss: (samples) => omniPerceptionObjective(samples, run.loss, { suppression: strength }),
      },
      run.options,
      round === 0,
    );
    const { loss } = result;
    const { gradientNorm } = report;
    checkFinite({ step: step + 1, loss, gradientNorm });
    Object.assign(measured, result.metrics, { loss, gradientNorm });
    if (samplerGap !== undefined) measured.samplerGap = samplerGap;
  }
  const guards = guardStep(
    state.guards,
    {
      step: step + 1,
      informativeGroups: metrics.informativeGroups ?? 0,
      emptyShare: emptyShare(collected.flatMap(rolloutsOf)),
      gradientNorm: measured.gradientNorm ?? 0,
      loss: measured.loss ?? 0,
      samplerGap: measured.samplerGap,
    },
    run.options.guards,
  );
  // The rollouts' own counts win over the loss monitors of the same name, which see evidence tokens only.
  return { metrics: { ...measured, ...metrics }, state: { guards, controller } };
}

/** Per rollout, flat. */
function advantagesOf(run: RlRun, groups: readonly ScoredGroup[]): number[] {
  const scored = groups.map((group) => group.scored);
  return batchAdvantages(scored, run.reward.advantages, run.reward.weights).flat();
}

function controlled(run: RlRun, metrics: Record<string, number>, state: TrainerState) {
  const options = run.loss.controller;
  if (!options.enabled) return state.controller;
  const reading = {
    claimsPerResponse: metrics.claims ?? 0,
    formatRate: metrics.format ?? 0,
  };
  const { state: next, alerts } = advanceController(state.controller, reading, options);
  for (const alert of alerts) run.notice(`${run.name}: ${alert.message}`);
  return next;
}
