import { existsSync } from "node:fs";
import { ConfigError } from "../../core/errors.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { openEmbedder } from "../../judges/open.ts";
import { resolveLossOptions } from "../../loss/presets.ts";
import { createScorer } from "../../rewards/scorer.ts";
import { trainRl } from "../../trainer/train.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import { type Clips, rowsOf } from "./clips.ts";
import { coldStart, trainedPolicy } from "./policy.ts";

/** Reinforcement learning of one variant from the cold start; nothing to do when it is finished. */
export async function runTraining(workspace: Workspace, clips: Clips, name: string): Promise<void> {
  const { experiment, layout, progress, notice } = workspace;
  const variant = experiment.variants[name];
  if (!variant) {
    throw new ConfigError("VARIANT_UNKNOWN", `no variant is called '${name}'`, {
      hint: `variants of this config: ${Object.keys(experiment.variants).join(", ")}`,
    });
  }
  const system = layout.system(name);
  if (existsSync(system.final)) return;
  const loss = resolveLossOptions(variant.loss);
  const policy = await trainedPolicy(workspace, clips, coldStart);
  const reference =
    loss.reference.weight > 0 ? await trainedPolicy(workspace, clips, coldStart) : undefined;
  const { embedder, calibration } = await openEmbedder(experiment.embedder);
  try {
    await timed(layout.timings, name, () =>
      trainRl({
        name,
        policy,
        ...(reference ? { reference } : {}),
        tokenizer: clips.tokenizer,
        examples: rowsOf(clips, "train").map((row) => ({
          id: row.id,
          prompt: clips.prompts.get(row.id)!,
          reference: decomposeReference(row.reference),
          label: row.label,
        })),
        scorer: createScorer({ embedder, calibration, options: variant.reward }),
        options: experiment.rl,
        mask: variant.mask,
        loss,
        reward: variant.reward,
        blank: clips.blank,
        seed: experiment.seed,
        layout: system,
        progress,
        notice,
      }),
    );
  } finally {
    await policy.close();
    await reference?.close();
    await embedder.close?.();
  }
}
