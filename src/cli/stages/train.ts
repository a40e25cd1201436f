import { existsSync } from "node:fs";
import { ConfigError, GuardError } from "../../core/errors.ts";
import type { PreferenceOptions } from "../../loss/preference/options.ts";
import { preferenceTerm } from "../../loss/preference/preference.ts";
import { resolveLossOptions } from "../../loss/presets.ts";
import { readsClauses } from "../../loss/reads.ts";
import { surrogateTerm } from "../../loss/surrogate.ts";
import type { LossTerm } from "../../loss/term.ts";
import { blindOnlyTerms, lossTerms } from "../../loss/terms.ts";
import { isPartial, maskKind } from "../../prompt/masks.ts";
import { createScorer } from "../../rewards/scorer.ts";
import { coldStart } from "../../runs/layout.ts";
import { readStop, recordStop, stopError } from "../../runs/stopped.ts";
import { openEmbedder } from "../../similarity/open.ts";
import { rlOptionsOf } from "../../trainer/options.ts";
import { trainRl } from "../../trainer/train.ts";
import { withOpened } from "../opened.ts";
import { say } from "../print.ts";
import { timed } from "../timings.ts";
import { openWheel, openWheels } from "../wheel.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { trainingRows } from "./data.ts";
import { trainedPolicy } from "./policy.ts";
import { referenceOf } from "./references.ts";

/**
 * Reinforcement learning of one variant from the cold start; nothing to do when it is finished.
 * @throws GuardError when it has stopped learning, now or before: what it did is on record.
 */
export async function runTraining(workspace: Workspace, clips: Clips, name: string): Promise<void> {
  const { experiment, layout, progress, notice } = workspace;
  const variant = experiment.variants[name];
  if (!variant) {
    throw new ConfigError("VARIANT_UNKNOWN", `no variant is called '${name}'`, {
      hint: `variants of this config: ${Object.keys(experiment.variants).join(", ")}`,
    });
  }
  const system = layout.system(name);
  if (existsSync(system.final)) return say(`  ${name}: finished before`);
  if (variant.training === "none") return keepColdStart(workspace, clips, name);
  const stop = readStop(system);
  if (stop) throw stopError(system, stop);
  const loss = resolveLossOptions(variant.loss);
  const [idle] = isPartial(maskKind(variant.mask.mode), { ratio: variant.mask })
    ? blindOnlyTerms(loss)
    : [];
  if (idle) {
    throw new ConfigError(
      "ONSET_NEEDS_HIDING",
      `variant '${name}': the ${idle.name} term never acts under ${variant.mask.mode} masks`,
      {
        path: `variants.${name}.mask.mode`,
        hint: "such a stream still shows something; set mask.mode to blank or drop",
      },
    );
  }
  if (experiment.rl.temperature !== 1) {
    notice(`${name}: rollouts at temperature ${experiment.rl.temperature}; the losses assume 1`);
  }
  await withOpened(async (keep) => {
    const policy = keep(await trainedPolicy(workspace, clips, coldStart));
    const reference =
      loss.reference.weight > 0 || variant.preference
        ? keep(await trainedPolicy(workspace, clips, coldStart))
        : undefined;
    const { embedder, calibration } = await openEmbedder(experiment.embedder);
    keep(embedder);
    const run = {
      name,
      policy,
      ...(reference ? { reference } : {}),
      tokenizer: clips.tokenizer,
      examples: trainingRows(workspace, clips, "rl").map((row) => ({
        id: row.id,
        prompt: clips.prompts.get(row.id)!,
        reference: referenceOf(row),
        labels: row.labels,
      })),
      scorer: createScorer({
        embedder,
        calibration,
        options: variant.reward,
        groupOf: await openWheel(variant.reward),
        wheels: await openWheels(variant.reward),
        clauses: variant.reward.form === "paper" || readsClauses(loss),
      }),
      options: rlOptionsOf(experiment.rl, variant.rl),
      mask: variant.mask,
      loss,
      ...(variant.preference ? { terms: { loss: byPreference(variant.preference) } } : {}),
      reward: variant.reward,
      blank: clips.blank,
      seed: experiment.seed,
      layout: system,
      progress,
      notice,
    };
    await timed(workspace.took, name, () => trainRl(run)).catch((error: unknown) => {
      if (error instanceof GuardError) recordStop(system, error);
      throw error;
    });
  });
}

/** A variant that is not trained: the cold start's weights under its name. */
function keepColdStart(workspace: Workspace, clips: Clips, name: string): Promise<void> {
  return withOpened(async (keep) => {
    const policy = keep(await trainedPolicy(workspace, clips, coldStart));
    await policy.save(workspace.layout.system(name).final);
    say(`  ${name}: the cold start, not trained`);
  });
}

/** The objective with preference pairs in the place of the policy gradient. */
function byPreference(options: PreferenceOptions): readonly LossTerm[] {
  return lossTerms.map((term) => (term === surrogateTerm ? preferenceTerm(options) : term));
}
