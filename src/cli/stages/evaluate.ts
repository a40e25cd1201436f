import { existsSync } from "node:fs";
import { corpusOracle } from "../../bench/corpus-oracle.ts";
import { evaluateMep } from "../../bench/evaluate.ts";
import { freezeItems, readItems } from "../../bench/freeze.ts";
import { buildItems, contentHash } from "../../bench/items.ts";
import type { MepResult } from "../../bench/result.ts";
import { readJson, writeJson } from "../../core/files.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { trainedPolicy } from "./policy.ts";

/** Freezes the benchmark items from the held-out split. Comes before any training. Returns the hash. */
export function freezeBenchmark({ experiment, layout }: Workspace, clips: Clips): string {
  return freezeItems(layout.items, buildItems(clips.rows, corpusOracle(), experiment.bench.items));
}

/** Measures one trained system on the frozen items; an existing result on the same items is kept. */
export async function runEvaluation(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Promise<MepResult> {
  const { experiment, layout, progress } = workspace;
  const file = layout.system(system).evaluation;
  const items = readItems(layout.items);
  if (existsSync(file)) {
    const known = readJson<MepResult>(file);
    if (known.itemsHash === contentHash(items) && known.rules === items.rules) return known;
  }
  const policy = await trainedPolicy(workspace, clips, system);
  try {
    const result = await timed(layout.timings, `evaluate ${system}`, () =>
      evaluateMep({
        name: system,
        policy,
        tokenizer: clips.tokenizer,
        prompts: clips.prompts,
        items,
        oracle: corpusOracle(),
        blank: clips.blank,
        options: experiment.bench.evaluation,
        progress: (report) => progress({ ...report, step: `evaluate ${system}: ${report.step}` }),
      }),
    );
    writeJson(file, result);
    return result;
  } finally {
    await policy.close();
  }
}
