import { RunError } from "../core/errors.ts";
import type { Rng } from "../core/rng.ts";
import type { Datum, Policy } from "../policy/port.ts";
import { type MaskMode, type MaskSources, maskPrompt } from "../prompt/mask.ts";
import { type Modality, modalities, type Prompt } from "../prompt/prompt.ts";
import type { Example } from "./example.ts";
import type { Group } from "./rollout.ts";

/** One forward pass of the current policy over some rollouts with one modality hidden. */
export interface MaskedPass {
  modality: Modality;
  /**
   * The stream still shows something (another clip's, with `swap`), so claiming about it is not blind:
   * the onset term leaves such passes out.
   */
  partial: boolean;
  /** Index of each datum's rollout in the flattened batch. */
  rollouts: number[];
  batch: Datum[];
}

export interface MaskPlan {
  mode: MaskMode;
  passes: "alternate" | "both";
  /** Other clips, for swapping. */
  donors: readonly Example[];
  blank: MaskSources["blank"];
  step: number;
  rng: Rng;
}

/**
 * Masked copies of a rollout batch. The G rollouts of a group share one masked prompt object, so that
 * an engine encodes it once. With `alternate`, a group has one modality hidden, changing every step.
 */
export function maskedPasses(groups: readonly Group[], plan: MaskPlan): MaskedPass[] {
  const partial = plan.mode === "swap";
  const passes = modalities.map(
    (modality): MaskedPass => ({ modality, partial, rollouts: [], batch: [] }),
  );
  let rollout = 0;
  groups.forEach((group, index) => {
    const { example } = group[0]!;
    for (const [at, pass] of passes.entries()) {
      if (plan.passes === "alternate" && (plan.step + index) % 2 !== at) continue;
      const hidden = maskPrompt(example.prompt, pass.modality, plan.mode, sources(example, plan));
      group.forEach(({ completion }, sample) => {
        pass.rollouts.push(rollout + sample);
        pass.batch.push({ prompt: hidden, tokens: completion.tokens });
      });
    }
    rollout += group.length;
  });
  return passes.filter((pass) => pass.batch.length > 0);
}

function sources(example: Example, plan: MaskPlan): MaskSources {
  const blank = plan.blank ? { blank: plan.blank } : {};
  return {
    ...blank,
    rng: plan.rng,
    ...(plan.mode === "swap" ? { donor: donorOf(example, plan) } : {}),
  };
}

/**
 * A clip of another label where there is one: what is true of a clip of the same emotion is often true
 * here too, and sensitivity would punish it.
 */
function donorOf(example: Example, { donors, rng }: MaskPlan): Prompt {
  const start = rng.int(donors.length);
  const others = (differs: (donor: Example) => boolean): Example | undefined => {
    for (let i = 0; i < donors.length; i++) {
      const donor = donors[(start + i) % donors.length]!;
      if (differs(donor)) return donor;
    }
    return undefined;
  };
  const donor =
    others(({ label }) => label !== example.label) ?? others(({ id }) => id !== example.id);
  if (!donor) {
    throw new RunError("MASK_DONOR", `no other clip than '${example.id}' to swap with`, {
      hint: "swap masking needs at least two training clips",
    });
  }
  return donor.prompt;
}

/** Mean |l − m| per token of each pass: the canary's measure of whether hiding has any effect. */
export async function maskEffect(
  policy: Policy,
  groups: readonly Group[],
  plan: Omit<MaskPlan, "passes">,
): Promise<Record<Modality, number>> {
  const full = groups.flat().map((rollout) => rollout.completion.logprobs);
  const effect = { video: Number.NaN, audio: Number.NaN };
  for (const pass of maskedPasses(groups, { ...plan, passes: "both" })) {
    const hidden = await policy.logprobs(pass.batch);
    effect[pass.modality] = meanGap(
      hidden,
      pass.rollouts.map((index) => full[index]!),
    );
  }
  return effect;
}

/** Mean |a − b| over all tokens. */
export function meanGap(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  let sum = 0;
  let tokens = 0;
  a.forEach((row, index) => {
    for (let t = 0; t < row.length; t++) sum += Math.abs(row[t]! - b[index]![t]!);
    tokens += row.length;
  });
  return tokens === 0 ? 0 : sum / tokens;
}
