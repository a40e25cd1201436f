import { counted } from "../../core/counted.ts";
import { ConfigError, RunError } from "../../core/errors.ts";
import { corpusTruth } from "../../corpus/source.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";
import { weightsOf } from "../../runs/stopped.ts";
import { rlOptionsOf } from "../../trainer/options.ts";
import type { Workspace } from "../workspace.ts";
import { ceilingRows, type Data, demonstrationRows, rowsOf, trainingRows } from "./data.ts";
import { systemsOf } from "./systems.ts";

/*
 * What can be known without a single clip being rendered, decoded or masked is found out first.
 */

/** @throws ConfigError `VARIANT_UNKNOWN` listing the variants. */
export function checkVariants(
  { variants }: Workspace["experiment"],
  chosen: readonly string[],
): void {
  const unknown = chosen.find((name) => !Object.hasOwn(variants, name));
  if (unknown === undefined) return;
  throw new ConfigError("VARIANT_UNKNOWN", `no variant is called '${unknown}'`, {
    hint: `variants of this config: ${Object.keys(variants).join(", ")}`,
  });
}

/** @throws RunError `SYSTEM_UNKNOWN`, `SYSTEM_NOT_TRAINED`, both listing what there is. */
export function checkSystems(
  experiment: Workspace["experiment"],
  layout: Workspace["layout"],
  chosen: readonly string[],
): void {
  const all = systemsOf(experiment);
  const trained = all.filter((name) => weightsOf(layout.system(name)));
  const there = trained.length === 0 ? "none is trained yet" : `trained: ${trained.join(", ")}`;
  for (const name of chosen) {
    if (!all.includes(name)) {
      throw new RunError("SYSTEM_UNKNOWN", `this experiment has no system '${name}'`, {
        hint: `it has: ${all.join(", ")}; ${there}`,
      });
    }
    if (!trained.includes(name)) {
      throw new RunError("SYSTEM_NOT_TRAINED", `'${name}' has no finished weights`, {
        file: layout.system(name).final,
        hint: `run \`oppo ${[coldStart, ceiling].includes(name) ? "sft" : "train"}\` first; ${there}`,
      });
    }
  }
}

/**
 * Whether the clips are enough to train on and to measure with.
 * @throws RunError `DATA_NO_TRAINING`, `DATA_NONE_HELD_OUT`, `SFT_NOTHING`, `SFT_TOO_FEW`,
 *   `RL_TOO_FEW`; ConfigError `CEILING_NO_TRUTH`.
 */
export function checkClips(workspace: Workspace, data: Data): void {
  const { sft, bench } = workspace.experiment;
  checkCeiling(workspace, data);
  const train = rowsOf(data, "train").length;
  if (train === 0) {
    throw new RunError(
      "DATA_NO_TRAINING",
      `none of ${counted(data.rows.length, "clip")} is for training`,
      {
        hint: "a split column must say 'train' somewhere; without one, sides are drawn",
      },
    );
  }
  const held = rowsOf(data, bench.items.split).length;
  if (held < 2) {
    throw new RunError(
      "DATA_NONE_HELD_OUT",
      `${counted(held, "clip")} held out in '${bench.items.split}'`,
      {
        hint: "two are the least: what is measured on clips that were trained on proves nothing",
      },
    );
  }
  const shown = demonstrationRows(workspace, data).length;
  if (shown === 0) {
    throw new RunError("SFT_NOTHING", "no training clip has a reference that can be imitated", {
      hint: "add what is seen and heard to the list (--text names the column); `oppo inspect` says what each reference has",
    });
  }
  if (shown < sft.batch) {
    throw new RunError(
      "SFT_TOO_FEW",
      `${counted(shown, "demonstration")} cannot fill a batch of ${sft.batch}`,
      { hint: `more clips, a smaller sft.batch, or a larger ${shareName(data)}` },
    );
  }
  checkSteps(workspace, data);
}

/** Whether the clips that are left fill a step of every variant. */
function checkSteps(workspace: Workspace, data: Data): void {
  const { experiment } = workspace;
  const kept = trainingRows(workspace, data, "rl").length;
  for (const [name, variant] of Object.entries(experiment.variants)) {
    if (variant.training === "none") continue;
    const { prompts } = rlOptionsOf(experiment.rl, variant.rl);
    if (kept >= Math.max(2, prompts)) continue;
    const own = variant.rl.prompts === undefined ? "" : ` of '${name}'`;
    const field = own === "" ? "rl.prompts" : `variants.${name}.rl.prompts`;
    throw new RunError(
      "RL_TOO_FEW",
      `${counted(kept, "clip")} left for reinforcement learning cannot fill a step of ${prompts}${own}`,
      { hint: `more clips, a smaller ${field}, or a smaller ${shareName(data)}` },
    );
  }
}

/** The setting that divides training clips between the cold start and reinforcement learning. */
const shareName = ({ rows }: Pick<Data, "rows">): string =>
  rows.some(({ stage }) => stage !== undefined) ? "data.split.sft" : "sft.share";

/** The ceiling is trained on the truth: it must be known of every clip that teaches it. */
function checkCeiling(workspace: Workspace, data: Data): void {
  if (!workspace.experiment.ceiling) return;
  const without = ceilingRows(workspace, data).find((row) => corpusTruth(row) === undefined);
  if (without === undefined) return;
  throw new ConfigError("CEILING_NO_TRUTH", `nobody knows the truth of clip '${without.id}'`, {
    path: "ceiling",
    hint: "a reference is what somebody wrote, not the truth: leave 'ceiling' out; the synthetic corpus knows it",
  });
}
