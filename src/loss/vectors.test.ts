import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ClaimTokens, EvidenceModality } from "../cues/cue.ts";
import { attribution } from "./attribution.ts";
import { type Estimate, estimators, hardCap, importanceWeightedK3, softCap } from "./estimators.ts";
import { invariance } from "./invariance.ts";
import { omniPerceptionObjective } from "./objective.ts";
import { entropyBrake, perceptionBonus } from "./papo.ts";
import { presets, resolveLossOptions } from "./presets.ts";
import { addScaled, zeroResult } from "./result.ts";
import type { LossResult, LossSample } from "./sample.ts";
import { sensitivity } from "./sensitivity.ts";
import { surrogate } from "./surrogate.ts";

/**
 * Worked numbers of another implementation, checked there by finite differences; rounded at 1e-10.
 */
const file = new URL("vectors.json", import.meta.url);
// biome-ignore lint/suspicious/noExplicitAny: the file is foreign JSON with a shape per example
type Example = { inputs: any; outputs: any };

function load(id: string): Example {
  const all = JSON.parse(readFileSync(file, "utf8")) as { examples: (Example & { id: string })[] };
  const found = all.examples.find((example) => example.id.startsWith(`${id}_`));
  if (!found) throw new Error(`vectors.json has no example ${id}`);
  return found;
}

function expectClose(actual: ArrayLike<number> | undefined, expected: number[]): void {
  const values = actual ?? new Array<number>(expected.length).fill(0);
  expect(values.length).toBe(expected.length);
  expected.forEach((value, at) => {
    expect(Math.abs((values[at] as number) - value)).toBeLessThan(1e-9);
  });
}

const flat = (rows: readonly Float64Array[]): number[] => rows.flatMap((row) => [...row]);
const policySamples = (seqs: { A: number; l: number[]; o: number[] }[]): LossSample[] =>
  seqs.map(({ A, l, o }) => ({ advantage: A, full: l, sampled: o, claims: [] }));
const tokensWhere = (mask: number[]): number[] => mask.flatMap((on, t) => (on ? [t] : []));

function onePass(l: number[], claims: ClaimTokens[], passes: Partial<LossSample>): LossSample[] {
  return [{ advantage: 0, full: l, sampled: l, claims, ...passes }];
}

function claim(modality: EvidenceModality, heads: number[], match: number): ClaimTokens {
  return { modality, heads, match };
}

describe("worked numbers (vectors.json)", () => {
  it("01 DAPO: token mean, asymmetric clip, dual clip", () => {
    const { inputs, outputs } = load("01");
    const result = surrogate(policySamples(inputs.seqs), presets.none.surrogate);
    expectClose([result.loss], [outputs.loss]);
    expectClose(flat(result.gradient.full), outputs.dL_dl);
  });

  it("02 GSPO: one ratio per sequence", () => {
    const { inputs, outputs } = load("02");
    const options = {
      ...presets.none.surrogate,
      kind: "gspo" as const,
      clipLow: inputs.eps_low,
      clipHigh: inputs.eps_high,
    };
    const result = surrogate(policySamples(inputs.seqs), options);
    expectClose([result.loss], [outputs.loss]);
    expectClose(flat(result.gradient.full), outputs.dL_dl);
  });

  it("03 CISPO and Dr.GRPO", () => {
    const { inputs, outputs } = load("03");
    const batch = policySamples(inputs.seqs);
    const base = presets.none.surrogate;
    const cispo = surrogate(batch, { ...base, kind: "cispo", ratioCap: inputs.cispo_cap });
    expectClose([cispo.loss], [outputs.cispo_loss]);
    expectClose(flat(cispo.gradient.full), outputs.cispo_dL_dl);
    const clip = inputs.drgrpo_clip;
    const dr = surrogate(batch, {
      ...base,
      kind: "dr_grpo",
      clipLow: clip,
      clipHigh: clip,
      dualClip: 0,
      maxTokens: inputs.drgrpo_Lmax,
    });
    expectClose([dr.loss], [outputs.drgrpo_loss]);
    expectClose(flat(dr.gradient.full), outputs.drgrpo_dL_dl);
  });

  it("04 estimators, caps and rho*k3", () => {
    const { inputs, outputs } = load("04");
    const drops: number[] = inputs.l.map((l: number, t: number) => l - inputs.m[t]);
    const check = (name: string, at: (d: number, t: number) => Estimate) => {
      const estimates = drops.map(at);
      expectClose(
        estimates.map(({ value }) => value),
        outputs[name].value,
      );
      expectClose(
        estimates.map(({ slope }) => slope),
        outputs[name].d_dl,
      );
      if (!outputs[name].d_dm) return;
      expectClose(
        estimates.map(({ slope }) => -slope),
        outputs[name].d_dm,
      );
    };
    check("k1", estimators.k1);
    check("k2", estimators.k2);
    check("k3", estimators.k3);
    check("k3r", estimators.reciprocal);
    check("min(k3,0.2)", (d) => hardCap(estimators.k3(d), 0.2));
    check("softcap_c(1-exp(-k3/c)),c=1", (d) => softCap(estimators.k3(d), 1));
    check("rho_times_k3", (d, t) => importanceWeightedK3(d, Math.exp(inputs.l[t] - inputs.old[t])));
  });

  it("05 PAPO as released, masked pass detached or live", () => {
    const { inputs, outputs } = load("05");
    const batch = onePass(inputs.l, [], { video: inputs.m });
    const papo = (live: boolean): LossResult => {
      const total = zeroResult(batch);
      const options = { ...presets["bonus-all"].papo, cap: 10, maskedGradient: live };
      addScaled(total, perceptionBonus(batch, options), inputs.gamma);
      addScaled(total, entropyBrake(batch, "full", true), inputs.eta1);
      addScaled(total, entropyBrake(batch, "video", live), inputs.eta2);
      return total;
    };
    expectClose([papo(false).loss], [outputs.loss]);
    expectClose(papo(false).gradient.full[0], outputs.dL_dl);
    expectClose(papo(false).gradient.video[0], outputs.dL_dm_default_detached);
    expectClose(papo(true).gradient.full[0], outputs.dL_dl);
    expectClose(papo(true).gradient.video[0], outputs.dL_dm_if_recomputed);
  });

  it("06 k1 with a detached masked pass does not see the mask", () => {
    const { inputs, outputs } = load("06");
    const claims = [claim("visual", tokensWhere(inputs.M_v), 0)];
    for (const at of ["case1", "case2"]) {
      const batch = onePass(inputs.l, claims, { video: inputs[`m_${at}`] });
      const options = { ...presets["bonus-evidence"].papo, estimator: "k1" as const, cap: 100 };
      const total = zeroResult(batch);
      addScaled(total, perceptionBonus(batch, options), inputs.coef);
      expectClose([total.loss], [outputs[`loss_${at}`]]);
      expectClose(total.gradient.full[0], outputs[`dL_dl_${at}`]);
    }
  });

  it.each(["full", "mask", "both"] as const)("07 S per token, routing %s", (routing) => {
    const { inputs, outputs } = load("07");
    const claims = [claim("visual", tokensWhere(inputs.M_v), 0)];
    const batch = onePass(inputs.l, claims, { video: inputs.m_v });
    const total = zeroResult(batch);
    const term = sensitivity(batch, { cap: inputs.c, level: "token", routing });
    addScaled(total, term, inputs.lambda_S);
    expectClose([total.loss], [outputs.loss]);
    expectClose(total.gradient.full[0], outputs[`route_${routing}`].dL_dl);
    expectClose(total.gradient.video[0], outputs[`route_${routing}`].dL_dm);
  });

  it.each(["mask", "gated"] as const)("08 S per claim, routing %s", (routing) => {
    const { inputs, outputs } = load("08");
    const claims = inputs.claims.map((c: { head: number[]; match: number }) =>
      claim("visual", c.head, c.match),
    );
    const batch = onePass(inputs.l, claims, { video: inputs.m_v });
    const total = zeroResult(batch);
    const term = sensitivity(batch, { cap: inputs.c_claim, level: "claim", routing });
    addScaled(total, term, inputs.lambda_S);
    expectClose([total.loss], [outputs.loss]);
    expectClose(total.gradient.full[0], outputs[`route_${routing}`].dL_dl);
    expectClose(total.gradient.video[0], outputs[`route_${routing}`].dL_dm);
  });

  it("09 I one-sided Huber, spared by the match", () => {
    const { inputs, outputs } = load("09");
    const claims = inputs.match_score.map((match: number, t: number) =>
      claim("visual", [t], match),
    );
    const batch = onePass(inputs.l, claims, { audio: inputs.m_a });
    const total = zeroResult(batch);
    addScaled(
      total,
      invariance(batch, { kappa: inputs.kappa, huber: inputs.huber }),
      inputs.lambda_I,
    );
    expectClose([total.loss], [outputs.loss]);
    expectClose(total.gradient.full[0], outputs.dL_dl);
    expectClose(total.gradient.audio[0], outputs.dL_dm);
  });

  it("10 C attribution margin, ungated, one claim per token", () => {
    const { inputs, outputs } = load("10");
    const claims = [
      ...tokensWhere(inputs.M_v).map((t) => claim("visual", [t], 0)),
      ...tokensWhere(inputs.M_a).map((t) => claim("acoustic", [t], 0)),
    ];
    const batch = onePass(inputs.l, claims, { video: inputs.m_v, audio: inputs.m_a });
    const total = zeroResult(batch);
    addScaled(total, attribution(batch, { cap: inputs.c, routing: "ungated" }), inputs.lambda_C);
    expectClose([total.loss], [outputs.loss]);
    expectClose(total.gradient.full[0], outputs.dL_dl);
    expectClose(total.gradient.video[0], outputs.dL_dm_v);
    expectClose(total.gradient.audio[0], outputs.dL_dm_a);
  });

  it("12 the whole objective", () => {
    const { inputs, outputs } = load("12");
    type RawClaim = { mod: "v" | "a"; onset: number; head: number[]; match: number };
    const claims = inputs.claims.map((c: RawClaim) => ({
      ...claim(c.mod === "v" ? "visual" : "acoustic", c.head, c.match),
      onset: c.onset,
    }));
    const batch = [
      {
        advantage: inputs.A,
        full: inputs.l,
        sampled: inputs.old,
        reference: inputs.ref,
        video: inputs.m_v,
        audio: inputs.m_a,
        claims,
      },
    ];
    const options = resolveLossOptions({
      preset: "robust",
      reference: { weight: inputs.beta_ref },
      invariance: { weight: inputs.lambda_I },
    });
    const result = omniPerceptionObjective(batch, options);
    const weighted = (name: string, weight: number) =>
      weight * (result.metrics[`loss/${name}`] as number);
    expectClose([result.loss], [outputs.loss]);
    expectClose([weighted("policy", 1)], [outputs.L_pg]);
    expectClose([weighted("reference", inputs.beta_ref)], [outputs.L_ref]);
    expectClose([weighted("sensitivity", inputs.lambda_S)], [outputs.L_S]);
    expectClose([weighted("onset", inputs.lambda_O)], [outputs.L_O]);
    expectClose([weighted("invariance", inputs.lambda_I)], [outputs.L_I]);
    expectClose(result.gradient.full[0], outputs.dL_dl);
    expectClose(result.gradient.video[0], outputs.dL_dm_v);
    expectClose(result.gradient.audio[0], outputs.dL_dm_a);
  });
});
