import { GuardError } from "../../core/errors.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";
import { readStop, weightsOf } from "../../runs/stopped.ts";
import type { Clips } from "../stages/clips.ts";
import { runEvaluation } from "../stages/evaluate.ts";
import { runCeiling, runSft } from "../stages/sft.ts";
import { runTraining } from "../stages/train.ts";
import type { Workspace } from "../workspace.ts";
import type { Job } from "./job.ts";

/** Does a job in this process, with so many threads. */
export async function performHere(
  workspace: Workspace,
  clips: Clips,
  { system, kind }: Job,
  threads: number,
): Promise<void> {
  const { experiment } = workspace;
  const own = { ...experiment, executor: { ...experiment.executor, threads } };
  const here = { ...workspace, experiment: own };
  if (kind === "evaluate") await runEvaluation(here, clips, system);
  else if (system === coldStart) await runSft(here, clips);
  else if (system === ceiling) await runCeiling(here, clips);
  else await trainOrStop(here, clips, system);
}

/**
 * A variant that a guard stops is a finding, not a fault: what it was at its last checkpoint is
 * measured like the others, and everybody is told.
 */
async function trainOrStop(workspace: Workspace, clips: Clips, system: string): Promise<void> {
  try {
    await runTraining(workspace, clips, system);
  } catch (error) {
    const layout = workspace.layout.system(system);
    const [stop, weights] = [readStop(layout), weightsOf(layout)];
    if (!(error instanceof GuardError) || !stop || !weights) throw error;
    workspace.notice(
      `${system} was stopped by a guard and is measured as it was after step ${weights.checkpoint}: ${stop.message}`,
    );
  }
}
