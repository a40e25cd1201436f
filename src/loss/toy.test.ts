import { describe, expect, it } from "vitest";
import type { ClaimTokens } from "../cues/cue.ts";
import { omniPerceptionObjective } from "./objective.ts";
import type { LossConfig } from "./options.ts";
import { resolveLossOptions } from "./presets.ts";
import type { LossSample } from "./sample.ts";
import { measureTotals } from "./totals.ts";

/**
 * The smallest world with a cross-modal shortcut, enumerated exactly (no sampling, no seeds). A
 * face v and a voice a, each ±1, agree nine times in ten. The policy may open a visual claim (token
 * 0) and say which face it sees (token 1). It starts by copying the voice. Read signs, not sizes.
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

/**
 * What stands in for a stream under its mask: nothing, or another clip's, whose sign is a coin
 * flip.
 */
const stand = { hide: [0], swap: [1, -1] };
type Mask = keyof typeof stand;

/** Expected dL/dθ over clips, masks and outcomes. Reward: `scale` for naming the face right. */
function expectedGradient(policy: Policy, config: LossConfig, scale: number, mask: Mask): Policy {
  const options = resolveLossOptions(config);
  const total = { open: 0, openBlind: 0, face: 0, voice: 0, voiceBlind: 0 };
  for (const { v, a, weight, other } of clips.flatMap((clip) =>
    stand[mask].map((other) => ({ ...clip, other, weight: clip.weight / stand[mask].length })),
  )) {
    const all = outcomes(policy, v, a);
    const reward = (said: number) => (said === v ? scale : 0);
    const baseline = all.reduce((sum, o) => sum + o.probability * reward(o.said), 0);
    for (const { said, probability } of all) {
      const full = tokens(policy, said, v, a);
      const video = tokens(policy, said, other, a);
      const audio = tokens(policy, said, v, other);
      const claim: ClaimTokens = { modality: "visual", heads: [1], onset: 0, match: +(said === v) };
      const sample: LossSample = {
        advantage: reward(said) - baseline,
        full: full.map(({ logprob }) => logprob),
        sampled: full.map(({ logprob }) => logprob),
        video: video.map(({ logprob }) => logprob),
        audio: audio.map(({ logprob }) => logprob),
        claims: said === 0 ? [] : [claim],
      };
      const totals = { ...measureTotals([sample]), tokens: 2 };
      const { gradient } = omniPerceptionObjective([sample], options, { totals });
      for (const [pass, row] of [
        [full, gradient.full[0]],
        [video, gradient.video[0]],
        [audio, gradient.audio[0]],
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

function train(config: LossConfig, scale: number, mask: Mask = "hide", steps = 200, rate = 4) {
  let policy = start;
  for (let step = 0; step < steps; step++) {
    const gradient = expectedGradient(policy, config, scale, mask);
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

describe("what each routing teaches, by exact enumeration", () => {
  it("starts from the shortcut, and a weak reward does not undo it", () => {
    expect(train({}, weak, "hide", 0).conflict).toBeLessThan(0.3);
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

  it("O under a swap erases claims: another clip's face is still a face", () => {
    const { claims, blindClaims } = train(O, 0, "swap");
    expect(claims).toBeLessThan(0.5);
    expect(blindClaims).toBeCloseTo(claims, 10);
  });
});

describe("the counterfactual terms in the same world", () => {
  const sensitivity: LossConfig = { counterfactual: { sensitivity: 0.1 } };
  const k1: LossConfig = { counterfactual: { sensitivity: 0.1, fullEstimator: "k1" } };
  const both = { sensitivity: 0.05, invariance: 0.3 };

  it.each(["hide", "swap"] as const)(
    "%s: k2 finds the face, k1 learns to defy the voice",
    (mask) => {
      const { conflict, congruent } = train(sensitivity, 0, mask);
      expect(Math.min(conflict, congruent)).toBeGreaterThan(0.9);
      const defiant = train(k1, 0, mask);
      expect(defiant.conflict).toBeGreaterThan(0.9);
      expect(defiant.congruent).toBeLessThan(0.5);
    },
  );

  it("swap: both terms beat either alone on conflicts and leave congruent clips intact", () => {
    const together = train({ counterfactual: both }, weak, "swap");
    const alone = [
      train({ counterfactual: { sensitivity: both.sensitivity } }, weak, "swap"),
      train({ counterfactual: { invariance: both.invariance } }, weak, "swap"),
    ];
    for (const one of alone) expect(together.conflict).toBeGreaterThan(one.conflict);
    expect(together.congruent).toBeGreaterThan(0.98);
  });

  it("swap: gradient through the full pass alone destroys the claims it should ground", () => {
    const full = train({ counterfactual: { ...both, routing: "full" } }, 0, "swap");
    const through = train({ counterfactual: both }, 0, "swap");
    expect(full.conflict).toBeLessThan(0.2);
    expect(Math.min(through.conflict, through.congruent)).toBeGreaterThan(0.95);
  });
});
