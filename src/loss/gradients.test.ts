import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import { attribution } from "./attribution.ts";
import { counterfactualInvariance, counterfactualSensitivity } from "./counterfactual.ts";
import { estimatorNames, estimators } from "./estimators.ts";
import { evidenceTokens, otherPass, ownPass } from "./evidence.ts";
import { randomBatch } from "./fixture.ts";
import { huber, invariance } from "./invariance.ts";
import { onset } from "./onset.ts";
import { entropyBrake, perceptionBonus } from "./papo.ts";
import { presets } from "./presets.ts";
import { referenceKl } from "./reference.ts";
import type { LossResult, LossSample, MaskedPass } from "./sample.ts";
import { sensitivity } from "./sensitivity.ts";
import { surrogate } from "./surrogate.ts";

/**
 * Each objective written a second time, naively, as f(live, frozen): stop-gradients read `frozen`.
 * Central differences on `live` must give the closed-form gradient, and f(x, x) the loss.
 */
type Oracle = (live: readonly LossSample[], frozen: readonly LossSample[]) => number;

interface Case {
  name: string;
  term: (batch: readonly LossSample[]) => LossResult;
  oracle: Oracle;
  /** The value reported is not the antiderivative of the gradient: compare gradients only. */
  gradientOnly?: boolean;
}

const step = 1e-5;
const tolerance = 2e-7;

const N = (batch: readonly LossSample[]) => batch.reduce((n, s) => n + s.full.length, 0);
const at = (values: ArrayLike<number> | undefined, t: number) => values?.[t] as number;
const hinge = (x: number) => Math.max(0, x);

/** Samples with such claims, over those of them that pass the test. */
function coverage(
  batch: readonly LossSample[],
  modality: EvidenceModality,
  has: (sample: LossSample) => boolean,
): number {
  const claimants = batch.filter((s) => s.claims.some((c) => c.modality === modality));
  return claimants.length / claimants.filter(has).length;
}

function overClaims(
  live: readonly LossSample[],
  has: (sample: LossSample, modality: EvidenceModality) => boolean,
  value: (sample: number, claim: LossSample["claims"][number]) => number,
): number {
  let total = 0;
  live.forEach((sample, i) => {
    for (const claim of sample.claims) {
      const { modality } = claim;
      if (!has(sample, modality)) continue;
      total += value(i, claim) * coverage(live, modality, (s) => has(s, modality));
    }
  });
  return total / N(live);
}

const hasOwn = (s: LossSample, m: EvidenceModality) => s[ownPass(m)] !== undefined;
const hasOther = (s: LossSample, m: EvidenceModality) => s[otherPass(m)] !== undefined;

function surrogateCases(): Case[] {
  const base = {
    ...presets.none.surrogate,
    dualClip: 1.5,
    ratioCap: 1.4,
    maxTokens: 12,
    tauNegative: 1.6,
  };
  const clipped = (ratio: number, A: number) => {
    const bounded = Math.min(1 + base.clipHigh, Math.max(1 - base.clipLow, ratio));
    const value = Math.max(-ratio * A, -bounded * A);
    return A < 0 ? Math.min(value, -base.dualClip * A) : value;
  };
  const perToken =
    (
      value: typeof clipped,
      share: (s: LossSample, batch: readonly LossSample[]) => number,
    ): Oracle =>
    (live) =>
      live.reduce((total, s) => {
        for (let t = 0; t < s.full.length; t++) {
          const ratio = Math.exp(at(s.full, t) - at(s.sampled, t));
          total += value(ratio, s.advantage) * share(s, live);
        }
        return total;
      }, 0);
  const gated = (ratio: number, A: number) => {
    const tau = A > 0 ? base.tauPositive : base.tauNegative;
    return (-4 / tau / (1 + Math.exp(-tau * (ratio - 1)))) * A;
  };
  const oracles: Record<(typeof base)["kind"], Oracle> = {
    grpo: perToken(clipped, (s, batch) => 1 / s.full.length / batch.length),
    sapo: perToken(gated, (s, batch) => 1 / s.full.length / batch.length),
    dapo: perToken(clipped, (_, batch) => 1 / N(batch)),
    dr_grpo: perToken(clipped, (_, batch) => 1 / (12 * batch.length)),
    gspo: (live) =>
      live.reduce((total, s) => {
        const log = Array.from(s.full).reduce((sum, l, t) => sum + l - at(s.sampled, t), 0);
        return total + clipped(Math.exp(log / s.full.length), s.advantage) / live.length;
      }, 0),
    cispo: (live, frozen) =>
      live.reduce((total, s, i) => {
        for (let t = 0; t < s.full.length; t++) {
          const ratio = Math.exp(at(frozen[i]?.full, t) - at(s.sampled, t));
          total -= (Math.min(ratio, base.ratioCap) * s.advantage * at(s.full, t)) / N(live);
        }
        return total;
      }, 0),
  };
  return (["grpo", "dapo", "dr_grpo", "gspo", "cispo", "sapo"] as const).map((kind) => ({
    name: `surrogate ${kind}`,
    term: (batch) => surrogate(batch, { ...base, kind }),
    oracle: oracles[kind],
  }));
}

function sensitivityCases(): Case[] {
  const cap = 1.2;
  return (["claim", "token"] as const).flatMap((level) =>
    (["full", "mask", "both", "gated"] as const).map((routing) => ({
      name: `sensitivity ${level} ${routing}`,
      term: (batch: readonly LossSample[]) => sensitivity(batch, { cap, level, routing }),
      oracle: (live: readonly LossSample[], frozen: readonly LossSample[]) =>
        overClaims(live, hasOwn, (i, claim) => {
          const pass = ownPass(claim.modality);
          const gate = { full: 1, both: 1, mask: 0, gated: claim.match }[routing];
          const m = routing === "full" ? frozen : live;
          const drops = claim.heads.map(
            (t) =>
              gate * at(live[i]?.full, t) +
              (1 - gate) * at(frozen[i]?.full, t) -
              at(m[i]?.[pass], t),
          );
          if (drops.length === 0) return 0;
          if (level === "claim") return hinge(cap - drops.reduce((a, b) => a + b));
          return drops.reduce((total, d) => total + hinge(cap - d), 0);
        }),
    })),
  );
}

const onsetCase: Case = {
  name: "onset",
  term: (batch) => onset(batch, { cap: 0.7 }),
  oracle: (live, frozen) =>
    overClaims(
      live,
      (s, m) => hasOwn(s, m) && !s.partial?.includes(ownPass(m)),
      (i, claim) => {
        if (claim.onset === undefined) return 0;
        const m = at(live[i]?.[ownPass(claim.modality)], claim.onset);
        return hinge(0.7 - (at(frozen[i]?.full, claim.onset) - m));
      },
    ),
};

const invarianceCase: Case = {
  name: "invariance",
  term: (batch) => invariance(batch, { kappa: 0.2, huber: 0.8 }),
  oracle: (live, frozen) =>
    overClaims(live, hasOther, (i, claim) => {
      const m = frozen[i]?.[otherPass(claim.modality)];
      return claim.heads.reduce((total, t) => {
        const leak = hinge(at(live[i]?.full, t) - at(m, t) - 0.2);
        const value = leak < 0.8 ? leak ** 2 / 2 : 0.8 * (leak - 0.4);
        return total + (1 - claim.match) * value;
      }, 0);
    }),
};

function attributionCases(): Case[] {
  return (["ungated", "gated"] as const).map((routing) => ({
    name: `attribution ${routing}`,
    term: (batch) => attribution(batch, { cap: 0.9, routing }),
    oracle: (live, frozen) =>
      overClaims(
        live,
        (s, m) => hasOwn(s, m) && hasOther(s, m),
        (i, claim) => {
          if (claim.heads.length === 0) return 0;
          const gate = routing === "gated" ? claim.match : 1;
          const other = otherPass(claim.modality);
          const margin = claim.heads.reduce((total, t) => {
            const raised = gate * at(live[i]?.[other], t) + (1 - gate) * at(frozen[i]?.[other], t);
            return total + raised - at(live[i]?.[ownPass(claim.modality)], t);
          }, 0);
          return hinge(0.9 - margin);
        },
      ),
  }));
}

/** Mean over what `tokens` selects of samples that carry the pass, summed over modalities. */
function evidenceMean(
  batch: readonly LossSample[],
  pass: (modality: EvidenceModality) => MaskedPass,
  tokens: (sample: LossSample, modality: EvidenceModality) => number[],
  pooled: boolean,
  value: (sample: number, token: number, pass: MaskedPass) => number,
): number {
  const sums = evidenceModalities.map((modality) => {
    let total = 0;
    let count = 0;
    batch.forEach((sample, i) => {
      if (sample[pass(modality)] === undefined) return;
      for (const t of tokens(sample, modality)) {
        total += value(i, t, pass(modality));
        count++;
      }
    });
    return { total, count };
  });
  const count = sums.reduce((n, s) => n + s.count, 0);
  return sums.reduce((mean, s) => {
    const divisor = pooled ? count : s.count;
    return divisor === 0 ? mean : mean + s.total / divisor;
  }, 0);
}

function papoCases(): Case[] {
  const cap = 0.6;
  return estimatorNames.flatMap((estimator) =>
    (["evidence", "all"] as const).flatMap((tokens) =>
      [true, false].map((maskedGradient) => ({
        name: `papo ${estimator} ${tokens} ${maskedGradient ? "both" : "full"}`,
        term: (batch: readonly LossSample[]) =>
          perceptionBonus(batch, { estimator, tokens, cap, maskedGradient }),
        oracle: (live: readonly LossSample[], frozen: readonly LossSample[]) =>
          -evidenceMean(
            live,
            ownPass,
            (s, m) => (tokens === "all" ? [...Array(s.full.length).keys()] : evidenceTokens(s, m)),
            false,
            (i, t, pass) => {
              const m = (maskedGradient ? live : frozen)[i]?.[pass];
              return Math.min(cap, estimators[estimator](at(live[i]?.full, t) - at(m, t)).value);
            },
          ),
      })),
    ),
  );
}

function counterfactualCases(): Case[] {
  const routings = ["full", "masked", "both"] as const;
  const cap = 1.1;
  const sensitivities = routings.flatMap((routing) =>
    (["k1", "k2"] as const).map((fullEstimator) => ({
      name: `counterfactual sensitivity ${routing} ${fullEstimator}`,
      term: (batch: readonly LossSample[]) =>
        counterfactualSensitivity(batch, { cap, routing, fullEstimator }),
      gradientOnly: true,
      oracle: (live: readonly LossSample[], frozen: readonly LossSample[]) =>
        evidenceMean(live, ownPass, evidenceTokens, true, (i, t, pass) => {
          const [l, m] = [at(live[i]?.full, t), at(live[i]?.[pass], t)];
          const [l0, m0] = [at(frozen[i]?.full, t), at(frozen[i]?.[pass], t)];
          if (l0 - m0 >= cap) return 0;
          const full = fullEstimator === "k1" ? -l : -huber(l - m0, 3).value;
          return (routing === "masked" ? 0 : full) + (routing === "full" ? 0 : m);
        }),
    })),
  );
  const invariances = routings.map((routing) => ({
    name: `counterfactual invariance ${routing}`,
    term: (batch: readonly LossSample[]) => counterfactualInvariance(batch, { routing }),
    gradientOnly: true,
    oracle: (live: readonly LossSample[], frozen: readonly LossSample[]) =>
      evidenceMean(live, otherPass, evidenceTokens, true, (i, t, pass) => {
        const [l, m] = [at(live[i]?.full, t), at(live[i]?.[pass], t)];
        const [l0, m0] = [at(frozen[i]?.full, t), at(frozen[i]?.[pass], t)];
        const held = l0 - m0 < -3 ? (Math.exp(3) - 1) * m : Math.exp(m - l0) - m;
        return (
          (routing === "masked" ? 0 : huber(l - m0, 3).value) + (routing === "full" ? 0 : held)
        );
      }),
  }));
  return [...sensitivities, ...invariances];
}

const cases: Case[] = [
  ...surrogateCases(),
  {
    name: "reference",
    term: (batch) => referenceKl(batch),
    oracle: (live) =>
      live.reduce((total, s) => {
        for (let t = 0; t < s.full.length; t++) {
          const d = at(s.full, t) - at(s.reference, t);
          total += (Math.exp(at(s.full, t) - at(s.sampled, t)) * (Math.exp(-d) + d - 1)) / N(live);
        }
        return total;
      }, 0),
  },
  {
    name: "reference grpo",
    term: (batch) => referenceKl(batch, undefined, "grpo"),
    oracle: (live) =>
      live.reduce((total, s) => {
        const each = Array.from(s.full, (l, t) => l - at(s.reference, t));
        const mean = each.reduce((sum, d) => sum + Math.exp(-d) + d - 1, 0) / each.length;
        return total + mean / live.length;
      }, 0),
  },
  ...sensitivityCases(),
  onsetCase,
  invarianceCase,
  ...attributionCases(),
  ...papoCases(),
  ...(["full", "video"] as const).map((pass) => ({
    name: `entropy ${pass}`,
    term: (batch: readonly LossSample[]) => entropyBrake(batch, pass, true),
    oracle: (live: readonly LossSample[]) => {
      const all = live.flatMap((s) => Array.from(s[pass] ?? []));
      return all.length === 0 ? 0 : -all.reduce((a, b) => a + b) / all.length;
    },
  })),
  ...counterfactualCases(),
];

function nudged(
  batch: readonly LossSample[],
  sample: number,
  pass: "full" | MaskedPass,
  token: number,
  by: number,
): LossSample[] {
  return batch.map((s, i) => {
    if (i !== sample) return s;
    const values = Array.from(s[pass] as ArrayLike<number>);
    values[token] = (values[token] as number) + by;
    return { ...s, [pass]: values };
  });
}

function worstGap(batch: readonly LossSample[], { term, oracle }: Case): number {
  const { gradient } = term(batch);
  let worst = 0;
  batch.forEach((sample, i) => {
    for (const pass of ["full", "video", "audio"] as const) {
      for (let t = 0; t < (sample[pass]?.length ?? 0); t++) {
        const up = oracle(nudged(batch, i, pass, t, step), batch);
        const down = oracle(nudged(batch, i, pass, t, -step), batch);
        const numeric = (up - down) / (2 * step);
        worst = Math.max(worst, Math.abs(numeric - (gradient[pass][i]?.[t] ?? 0)));
      }
    }
  });
  return worst;
}

describe("closed-form gradients against central differences", () => {
  it.each(cases)("$name", (testCase) => {
    let moved = false;
    fc.assert(
      fc.property(fc.nat(1e6), fc.constantFrom(1, 0.5), (seed, passRate) => {
        const batch = randomBatch(seed, { passRate, partialRate: 0.3, samples: 3 });
        const result = testCase.term(batch);
        if (!testCase.gradientOnly)
          expect(result.loss).toBeCloseTo(testCase.oracle(batch, batch), 9);
        expect(worstGap(batch, testCase)).toBeLessThan(tolerance);
        moved ||= Object.values(result.gradient).some((rows) =>
          rows.some((row) => row?.some((g) => g !== 0)),
        );
      }),
      { numRuns: 12, seed: 7 },
    );
    expect(moved).toBe(true);
  });
});
