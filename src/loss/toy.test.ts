import { describe, expect, it } from "vitest";
import type { ClaimTokens } from "../cues/cue.ts";
import { omniPerceptionObjective } from "./objective.ts";
import type { LossConfig } from "./options.ts";
import { resolveLossOptions } from "./presets.ts";
import type { LossSample } from "./sample.ts";
import { measureTotals } from "./totals.ts";

/**
 * The smallest world with a cross-modal shortcut, enumerated exactly (no sampling, no seeds). A face v and
 * a voice a, each ±1, agree nine times in ten. The policy may open a visual claim (token 0) and say which
 * face it sees (token 1). It starts by copying the voice. Signs of spec algorithms §2.1, not sizes.
 */
interface Policy {
  open: number;
  openBlind: number;
  face: number;
  voice: number;
  voiceBlind: number;
}
const start: Policy = { open: 3.3, openBlind: 0, face: 0.3, voice: 1.5, voiceBlind: 0 };
const keys = Object.keys(start) as (keyof Policy)[];
const agreement = 0.9;
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Inputs each logit sees: v is 0 when the video is hidden. */
function features(v: number, a: number) {
  const blind = v === 0 ? 1 : 0;
  return {
    open: { open: 1, openBlind: blind },
    content: { face: v, voice: a, voiceBlind: blind * a },
  };
}

const logit = (policy: Policy, inputs: Partial<Policy>): number =>
  keys.reduce((sum, key) => sum + policy[key] * (inputs[key] ?? 0), 0);

/** Outcomes of one clip: said is ±1, or 0 for no claim. */
interface Outcome {
  said: number;
  probability: number;
}

function outcomes(policy: Policy, v: number, a: number): Outcome[] {
  const { open, content } = features(v, a);
  const claims = sigmoid(logit(policy, open));
  const up = sigmoid(logit(policy, content));
  return [
    { said: 0, probability: 1 - claims },
    { said: 1, probability: claims * up },
    { said: -1, probability: claims * (1 - up) },
  ];
}

/** Log-probs of the outcome's tokens and their gradients on the parameters. */
function tokens(policy: Policy, said: number, v: number, a: number) {
  const { open, content } = features(v, a);
  const rows = [{ inputs: open as Partial<Policy>, sign: said === 0 ? -1 : 1 }];
  if (said !== 0) rows.push({ inputs: content, sign: said });
  return rows.map(({ inputs, sign }) => {
    const p = sigmoid(sign * logit(policy, inputs));
    return { logprob: Math.log(p), slope: (1 - p) * sign, inputs };
  });
}

const clips = [1, -1].flatMap((v) =>
  [1, -1].map((a) => ({ v, a, weight: (v === a ? agreement : 1 - agreement) / 2 })),
);

/** Expected dL/dθ over clips and outcomes. Reward: `scale` for naming the face right. */
function expectedGradient(policy: Policy, config: LossConfig, scale: number): Policy {
  const options = resolveLossOptions(config);
  const total = { open: 0, openBlind: 0, face: 0, voice: 0, voiceBlind: 0 };
  for (const { v, a, weight } of clips) {
    const all = outcomes(policy, v, a);
    const reward = (said: number) => (said === v ? scale : 0);
    const baseline = all.reduce((sum, o) => sum + o.probability * reward(o.said), 0);
    for (const { said, probability } of all) {
      const full = tokens(policy, said, v, a);
      const blind = tokens(policy, said, 0, a);
      const claim: ClaimTokens = { modality: "visual", heads: [1], onset: 0, match: +(said === v) };
      const sample: LossSample = {
        advantage: reward(said) - baseline,
        full: full.map(({ logprob }) => logprob),
        rollout: full.map(({ logprob }) => logprob),
        video: blind.map(({ logprob }) => logprob),
        claims: said === 0 ? [] : [claim],
      };
      const totals = { ...measureTotals([sample]), tokens: 2 };
      const { gradient } = omniPerceptionObjective([sample], options, { totals });
      for (const [pass, row] of [
        [full, gradient.full[0]],
        [blind, gradient.video[0]],
      ] as const) {
        pass.forEach(({ slope, inputs }, t) => {
          for (const key of keys) {
            total[key] += weight * probability * (row?.[t] ?? 0) * slope * (inputs[key] ?? 0);
          }
        });
      }
    }
  }
  return total;
}

function train(config: LossConfig, scale: number, steps = 200, rate = 4) {
  let policy = start;
  for (let step = 0; step < steps; step++) {
    const gradient = expectedGradient(policy, config, scale);
    policy = Object.fromEntries(keys.map((k) => [k, policy[k] - rate * gradient[k]])) as never;
  }
  const chance = (v: number, a: number, said: number) =>
    outcomes(policy, v, a).find((o) => o.said === said)?.probability as number;
  const claims = 1 - chance(1, 1, 0);
  return {
    /** P(claim) with the video seen, and hidden. */
    claims,
    blindClaims: 1 - chance(0, 1, 0),
    /** P(right | claim) where face and voice disagree, and where they agree. */
    conflict: chance(1, -1, 1) / claims,
    congruent: chance(1, 1, 1) / claims,
  };
}

const weak = 0.1;
const S = (routing: "full" | "mask" | "gated"): LossConfig => ({
  sensitivity: { weight: 0.1, routing },
});
const O: LossConfig = { onset: { weight: 0.1 } };
const nothing = train({}, weak);

describe("signs of spec algorithms §2.1, by exact enumeration", () => {
  it("starts from the shortcut, and a weak reward does not undo it", () => {
    expect(train({}, weak, 0).conflict).toBeLessThan(0.3);
    expect(nothing.conflict).toBeLessThan(0.7);
    expect(nothing.blindClaims).toBeGreaterThan(0.9);
  });

  it("S on the full branch alone is worse than nothing; masked helps; gated helps most", () => {
    const full = train(S("full"), weak);
    const mask = train(S("mask"), weak);
    const gated = train(S("gated"), weak);
    expect(full.conflict).toBeLessThan(nothing.conflict - 0.02);
    expect(mask.conflict).toBeGreaterThan(nothing.conflict + 0.1);
    expect(gated.conflict).toBeGreaterThan(mask.conflict);
  });

  it("S changes what is claimed blind, not that it is; O does, and keeps sighted claims", () => {
    expect(train(S("gated"), weak).blindClaims).toBeGreaterThan(0.9);
    const both = train({ ...S("gated"), ...O }, weak);
    expect(both.blindClaims).toBeLessThan(0.1);
    expect(both.claims).toBeGreaterThan(0.8);
    expect(both.conflict).toBeGreaterThan(0.9);
  });

  it("without the reward's pull O erases sighted claims too: hence the controller", () => {
    expect(train(O, 0).claims).toBeLessThan(0.6);
    expect(train({}, 0).claims).toBeGreaterThan(0.9);
  });

  it("counterfactual sensitivity finds the face with k2; with k1 it learns to contradict the voice", () => {
    const k2 = train({ counterfactual: { sensitivity: 0.1 } }, 0);
    expect(Math.min(k2.conflict, k2.congruent)).toBeGreaterThan(0.9);
    const k1 = train({ counterfactual: { sensitivity: 0.1, fullEstimator: "k1" } }, 0);
    expect(k1.conflict).toBeGreaterThan(0.9);
    expect(k1.congruent).toBeLessThan(0.5);
  });
});
