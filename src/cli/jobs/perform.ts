import { ceiling, coldStart } from "../../runs/layout.ts";
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
  else await runTraining(here, clips, system);
}
