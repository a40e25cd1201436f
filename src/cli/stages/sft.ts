import { existsSync } from "node:fs";
import { corpusTruth } from "../../corpus/source.ts";
import { trueTexts } from "../../corpus/true-texts.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";
import { trainSft } from "../../trainer/sft.ts";
import { say } from "../print.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { ceilingRows, demonstrationRows } from "./data.ts";
import { newPolicy } from "./policy.ts";

/** Supervised cold start on the training split; nothing to do when it is finished. */
export function runSft(workspace: Workspace, clips: Clips): Promise<void> {
  return supervised(workspace, clips, {
    system: coldStart,
    title: "cold start",
    rows: demonstrationRows(workspace, clips),
    textsOf: ({ id }) => clips.texts.get(id)!,
  });
}

/**
 * The ceiling: the cold start's policy, clips, order and number of steps, but texts that are
 * complete and true, as many to a clip. What the architecture could reach with perfect references.
 * With `ceiling: all` it sees every training clip, as often as the cold start its own: what could
 * be reached by whoever also learns from the clips of reinforcement learning.
 * `checkClips` has made sure that every row's truth is known.
 */
export function runCeiling(workspace: Workspace, clips: Clips): Promise<void> {
  return supervised(workspace, clips, {
    system: ceiling,
    title: ceiling,
    rows: ceilingRows(workspace, clips),
    textsOf: (row) => trueTexts(corpusTruth(row)!, clips.texts.get(row.id)!.length),
  });
}

interface Course {
  system: string;
  title: string;
  rows: readonly SplitRow[];
  textsOf(row: SplitRow): readonly string[];
}

async function supervised(
  workspace: Workspace,
  clips: Clips,
  { system: name, title, rows, textsOf }: Course,
): Promise<void> {
  const { experiment, layout, progress, notice, took } = workspace;
  const system = layout.system(name);
  if (existsSync(system.final)) return say(`  ${name}: finished before`);
  const policy = await newPolicy(workspace, clips);
  try {
    await timed(took, name, () =>
      trainSft({
        title,
        policy,
        tokenizer: clips.tokenizer,
        demonstrations: rows.map((row) => ({
          id: row.id,
          prompt: clips.prompts.get(row.id)!,
          responses: textsOf(row),
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
