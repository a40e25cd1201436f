import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpusOracle } from "../../bench/mep/oracle/corpus-oracle.ts";
import { evaluateMep } from "../../bench/mep/oracle/evaluate.ts";
import { freezeItems, readItems } from "../../bench/mep/oracle/freeze.ts";
import { buildItems } from "../../bench/mep/oracle/items.ts";
import type { MepResult } from "../../bench/mep/oracle/result.ts";
import { contentHash } from "../../bench/mep/shared/freeze.ts";
import { BenchError } from "../../core/errors.ts";
import { readJson, sha256, writeJson } from "../../core/files.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { coldStart, trainedPolicy } from "./policy.ts";

/**
 * Freezes the benchmark items from the held-out split. Returns the hash.
 * @throws BenchError when something was trained already: items must not be made after the fact.
 */
export function freezeBenchmark({ experiment, layout }: Workspace, clips: Clips): string {
  const trained = [coldStart, ...Object.keys(experiment.variants)].filter((system) =>
    existsSync(layout.system(system).final),
  );
  if (!existsSync(layout.items) && trained.length > 0) {
    throw new BenchError("ITEMS_LATE", `no frozen items, but ${trained.join(", ")} trained`, {
      file: layout.items,
      hint: "restore the file, or begin a new run: items made after training prove nothing",
    });
  }
  return freezeItems(layout.items, buildItems(clips.rows, corpusOracle(), experiment.bench.items));
}

/** A result with the digest of the weights it belongs to. */
interface Evaluation extends MepResult {
  weights: string;
}

/** Digest of a system's finished weights: its policy.json holds the hashes of the weight files. */
function weightsOf({ layout }: Workspace, system: string): string {
  const file = join(layout.system(system).final, "policy.json");
  return existsSync(file) ? sha256(readFileSync(file)) : "none";
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
    const known = readJson<Evaluation>(file);
    const current = known.itemsHash === contentHash(items) && known.rules === items.rules;
    if (current && known.weights === weightsOf(workspace, system)) return known;
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
    const evaluation: Evaluation = { ...result, weights: weightsOf(workspace, system) };
    writeJson(file, evaluation);
    return evaluation;
  } finally {
    await policy.close();
  }
}
