import { existsSync } from "node:fs";
import { coldStart } from "../../runs/layout.ts";
import { trainSft } from "../../trainer/sft.ts";
import { say } from "../print.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { demonstrationRows } from "./data.ts";
import { newPolicy } from "./policy.ts";

/** Supervised cold start on the training split; nothing to do when it is finished. */
export async function runSft(workspace: Workspace, clips: Clips): Promise<void> {
  const { experiment, layout, progress, notice } = workspace;
  const system = layout.system(coldStart);
  if (existsSync(system.final)) return say("  finished before");
  const policy = await newPolicy(workspace, clips);
  try {
    await timed(layout.timings, coldStart, () =>
      trainSft({
        policy,
        tokenizer: clips.tokenizer,
        demonstrations: demonstrationRows(workspace, clips).map((row) => ({
          id: row.id,
          prompt: clips.prompts.get(row.id)!,
          responses: clips.texts.get(row.id)!,
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
