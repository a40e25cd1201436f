import { RunError } from "../../core/errors.ts";
import { contrasted } from "../../policy/contrast.ts";
import { createEmbeddedPolicy } from "../../policy/embedded/embedded-policy.ts";
import { openExecutor } from "../../policy/embedded/open-executor.ts";
import type { Policy } from "../../policy/port.ts";
import { coldStart } from "../../runs/layout.ts";
import { weightsOf } from "../../runs/stopped.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";

/** A freshly initialised embedded policy of the experiment's size. */
export async function newPolicy(workspace: Workspace, clips: Clips): Promise<Policy> {
  const { experiment } = workspace;
  const executor = await openExecutor(experiment.executor);
  if (executor.insteadOf !== undefined) tellOnce(workspace, executor.insteadOf);
  return createEmbeddedPolicy({
    options: experiment.policy,
    vocabulary: clips.tokenizer,
    video: { tokens: experiment.features.videoTokens, dim: clips.dims.video },
    audio: { tokens: experiment.features.audioTokens, dim: clips.dims.audio },
    seed: `${experiment.seed}/weights`,
    executor,
  });
}

const told = new WeakSet<Workspace>();

function tellOnce(workspace: Workspace, reason: string): void {
  if (told.has(workspace)) return;
  told.add(workspace);
  workspace.notice(`jax-js trains in place of the native kernels, several times slower: ${reason}`);
}

/**
 * The finished policy of a system, or the last checkpoint of one that a guard stopped.
 * @throws RunError when it was not trained yet.
 */
export async function trainedPolicy(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Promise<Policy> {
  const layout = workspace.layout.system(system);
  const weights = weightsOf(layout);
  if (weights === undefined) {
    throw new RunError("SYSTEM_NOT_TRAINED", `'${system}' has no finished weights`, {
      file: layout.final,
      hint: system === coldStart ? "run `oppo sft` first" : "run `oppo train` first",
    });
  }
  const policy = await newPolicy(workspace, clips);
  try {
    await policy.load(weights.folder, { optimiser: "fresh" });
    return policy;
  } catch (error) {
    await policy.close();
    throw error;
  }
}

/** The finished policy of a system, which draws its responses as the variant's `decode` says. */
export async function measuredPolicy(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Promise<Policy> {
  const policy = await trainedPolicy(workspace, clips, system);
  const contrast = workspace.experiment.variants[system]?.decode.contrast;
  return contrast ? contrasted(policy, contrast, clips.blank) : policy;
}
