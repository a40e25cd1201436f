import { GuardError } from "../core/errors.ts";
import { startController } from "../loss/controller.ts";
import { resumeCheckpoint, saveCheckpoint } from "../runs/checkpoint.ts";
import { Recorder } from "../runs/record.ts";
import { initialGuardState } from "./guards.ts";
import { rolloutRows } from "./metrics.ts";
import type { Group } from "./rollout.ts";
import type { RlRun, TrainerState } from "./run.ts";
import { rlStep } from "./step.ts";

/**
 * OPPO: the loop around `step.ts`, with checkpoints and records.
 * Ends with the weights in `layout.final`; killed and started again, it goes on from its
 * checkpoint.
 * @throws GuardError when the run has stopped learning; the rollouts it stopped at are on record.
 */
export async function trainRl(run: RlRun): Promise<void> {
  const { policy, options, layout } = run;
  const resumed = await resumeCheckpoint<TrainerState>(layout, policy);
  const start = resumed?.step ?? 0;
  if (resumed)
    run.notice(`${run.name}: resumed at step ${start + 1} of ${options.steps}`, "resume");
  let state = resumed?.state ?? { guards: initialGuardState, controller: startController() };
  const recorder = new Recorder(layout, start);

  for (let step = start; step < options.steps; step++) {
    const began = performance.now();
    let groups: readonly Group[] = [];
    const lesson = await rlStep(run, state, step, (seen) => {
      groups = seen;
    }).catch((error: unknown) => {
      // What made a guard stop the run is the first thing its reader wants to see.
      if (error instanceof GuardError) recorder.rollouts(rolloutRows(step + 1, groups));
      throw error;
    });
    state = lesson.state;
    const seconds = (performance.now() - began) / 1000;
    recorder.metrics({ step: step + 1, ...lesson.metrics, seconds });
    if (step % options.rolloutsEvery === 0) recorder.rollouts(rolloutRows(step + 1, groups));
    const { reward = 0, claims = 0 } = lesson.metrics;
    const values = { reward, claims };
    run.progress({ step: run.name, done: step + 1, total: options.steps, values });
    if ((step + 1) % options.checkpointEvery === 0 && step + 1 < options.steps) {
      await saveCheckpoint(layout, policy, step + 1, state);
    }
  }
  await policy.save(layout.final);
}
