import { existsSync } from "node:fs";
import { trainSft } from "../../trainer/sft.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import { type Clips, trainingRows } from "./clips.ts";
import { coldStart, newPolicy } from "./policy.ts";

/** Supervised cold start on the training split; nothing to do when it is finished. */
export async function runSft(workspace: Workspace, clips: Clips): Promise<void> {
  const { experiment, layout, progress, notice } = workspace;
  const system = layout.system(coldStart);
  if (existsSync(system.final)) return;
  const policy = await newPolicy(workspace, clips);
  try {
    await timed(layout.timings, coldStart, () =>
      trainSft({
        policy,
        tokenizer: clips.tokenizer,
        demonstrations: trainingRows(workspace, clips, "sft").map((row) => ({
          id: row.id,
          prompt: clips.prompts.get(row.id)!,
          responses: row.coldStart,
        })),
        options: experiment.sft,
        seed: experiment.seed,
        layout: system,
        progress,
        notice,
      }),
    );
  } finally {
    await policy.close();
  }
}
