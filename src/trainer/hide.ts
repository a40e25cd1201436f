import { RunError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { needsJointPass, requiredPasses } from "../loss/terms.ts";
import {
  isPartial,
  type MaskKind,
  type MaskRatio,
  type MaskSources,
  maskKind,
  maskPrompt,
} from "../prompt/masks.ts";
import { type Modality, modalities, type Prompt } from "../prompt/prompt.ts";
import type { Example } from "./example.ts";
import { guardCanary } from "./guards.ts";
import { meanGap } from "./metrics.ts";
import type { MaskOptions } from "./options.ts";
import { type Group, type HiddenStream, hiddenStreams, type TrainingRollout } from "./rollout.ts";
import type { RlRun } from "./run.ts";

/** How streams are hidden in one step. */
export interface MaskPlan {
  kind: MaskKind;
  /** Other clips, for swapping. */
  donors: readonly Example[];
  blank: MaskSources["blank"];
  /** For masking by ratio. */
  ratio?: MaskRatio;
  /** Consumed clip by clip, stream by stream. */
  rng: Rng;
}

export const maskPlan = (run: RlRun, step: number): MaskPlan => ({
  kind: maskKind(run.mask.mode, run.masks),
  donors: run.examples,
  blank: run.blank,
  ratio: { ratio: run.mask.ratio, unit: run.mask.unit },
  rng: new Rng(`${run.seed}/masks/${step}`),
});

/**
 * Streams hidden from the group at `index` of a step, a pass each: none for plain GRPO, both for
 * attribution margins. With `alternate`, a group has one hidden, changing every step. `both` is a
 * pass with both hidden at once, for terms that compare with such a one.
 */
export function streamsToHide(
  { loss, mask, terms }: Pick<RlRun, "loss" | "terms"> & { mask: Pick<MaskOptions, "passes"> },
  step: number,
  index: number,
): readonly HiddenStream[] {
  const required = requiredPasses(loss, terms?.loss);
  const joint: HiddenStream[] = needsJointPass(loss, terms?.loss) ? ["both"] : [];
  if (required === "none") return joint;
  if (required === "both" || mask.passes === "both") return [...modalities, ...joint];
  return [modalities[(step + index) % modalities.length]!, ...joint];
}

/**
 * Copies of a clip's prompt, in each of which one stream is hidden, or both of them.
 * @throws RunError MASK_DONOR when `swap` has no other clip to take a stream from.
 */
export function hidePrompts(
  example: Example,
  streams: readonly HiddenStream[],
  plan: MaskPlan,
): TrainingRollout["hidden"] {
  const hidden: TrainingRollout["hidden"] = {};
  for (const stream of streams) {
    const prompt = hiddenStreams[stream].reduce(
      (shown, each) => maskPrompt(shown, each, plan.kind, sources(example, plan)),
      example.prompt,
    );
    hidden[stream] = { prompt, partial: isPartial(plan.kind, plan) };
  }
  return hidden;
}

function sources(example: Example, plan: MaskPlan): MaskSources {
  return {
    ...(plan.blank ? { blank: plan.blank } : {}),
    ...(plan.ratio ? { ratio: plan.ratio } : {}),
    rng: plan.rng,
    ...(plan.kind.needs === "donor" ? { donor: donorOf(example, plan) } : {}),
  };
}

/**
 * A clip with no label in common where there is one: what is true of a clip of the same emotion is
 * often true here too, and sensitivity would punish it. A clip without a label has none in common.
 */
function donorOf(example: Example, { donors, kind, rng }: MaskPlan): Prompt {
  const start = rng.int(donors.length);
  const turned = [...donors.slice(start), ...donors.slice(0, start)];
  const others = turned.filter(({ id }) => id !== example.id);
  const unlike = others.find(
    ({ labels }) => !labels.some((label) => example.labels.includes(label)),
  );
  const donor = unlike ?? others[0];
  if (!donor) {
    throw new RunError("MASK_DONOR", `no other clip than '${example.id}' to swap with`, {
      path: "mask.mode",
      hint: `${kind.id} masking needs at least two training clips; blank and drop need one`,
    });
  }
  return donor.prompt;
}

/**
 * Before the first step: a policy that doesn't notice a hidden stream never received it.
 * @throws GuardError GUARD_CANARY
 */
export async function canary(run: RlRun, groups: readonly Group[]): Promise<void> {
  if (run.options.guards.canaryEffect === 0) return;
  guardCanary(await maskEffect(run, groups), run.options.guards);
}

/** Mean |l − m| per token with each stream hidden, in nats: whether hiding has any effect. */
async function maskEffect(run: RlRun, groups: readonly Group[]): Promise<Record<Modality, number>> {
  const plan = maskPlan(run, 0);
  const rollouts = groups.flatMap((group) => {
    const hidden = hidePrompts(group[0]!.example, modalities, plan);
    return group.map(({ completion }) => ({ completion, hidden }));
  });
  const full = rollouts.map(({ completion }) => completion.logprobs);
  const effect = { video: Number.NaN, audio: Number.NaN };
  for (const stream of modalities) {
    const masked = await run.policy.logprobs(
      rollouts.map(({ completion, hidden }) => ({
        prompt: hidden[stream]!.prompt,
        tokens: completion.tokens,
      })),
    );
    effect[stream] = meanGap(masked, full);
  }
  return effect;
}
