import { describe, expect, it } from "vitest";
import { LossError } from "../core/errors.ts";
import { omniPerceptionObjective } from "./objective.ts";
import { presets } from "./presets.ts";
import type { LossSample } from "./sample.ts";

const good: LossSample = {
  advantage: 1,
  full: [-1, -2],
  sampled: [-1, -2],
  video: [-1, -3],
  claims: [{ modality: "visual", heads: [1], match: 0.5 }],
};

const { reference } = presets.none;
const sampledJoint = { ...presets["paper-papo"], reference };

function failure(batch: readonly LossSample[], options = presets.robust): LossError {
  try {
    omniPerceptionObjective(batch, options);
  } catch (error) {
    expect(error).toBeInstanceOf(LossError);
    return error as LossError;
  }
  throw new Error("expected a LossError");
}

describe("input validation", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0.5])(
    "rejects a log-prob of %s, naming sample, pass and token",
    (value) => {
      for (const pass of ["full", "sampled", "reference", "video", "audio"] as const) {
        const error = failure([good, { ...good, [pass]: [-1, value] }]);
        expect(error.code).toBe("BAD_LOGPROB");
        expect(error.message).toContain(`sample 1, token 1: ${pass} log-prob is ${value}`);
        expect(error.details.path).toBe(`batch.1.${pass}.1`);
      }
    },
  );

  it.each([
    ["EMPTY_BATCH", []],
    ["EMPTY_SAMPLE", [{ ...good, full: [], sampled: [], video: [], claims: [] }]],
    ["LENGTH_MISMATCH", [{ ...good, sampled: [-1] }]],
    ["LENGTH_MISMATCH", [{ ...good, video: [-1, -1, -1] }]],
    ["ADVANTAGE_NOT_FINITE", [{ ...good, advantage: Number.NaN }]],
    ["CLAIM_TOKEN_OUTSIDE", [{ ...good, claims: [{ modality: "visual", heads: [2], match: 0 }] }]],
    [
      "CLAIM_TOKEN_OUTSIDE",
      [{ ...good, claims: [{ modality: "visual", heads: [0.5], match: 0 }] }],
    ],
    [
      "CLAIM_TOKEN_OUTSIDE",
      [{ ...good, claims: [{ modality: "visual", heads: [], onset: -1, match: 0 }] }],
    ],
    ["MATCH_RANGE", [{ ...good, claims: [{ modality: "visual", heads: [0], match: Number.NaN }] }]],
  ] as [string, LossSample[]][])("%s", (code, batch) => {
    expect(failure(batch).code).toBe(code);
  });

  it("says so when a term compares with passes that nobody made", () => {
    const { video: _, ...unmasked } = good;
    expect(failure([unmasked]).code).toBe("PASSES_MISSING");
    expect(failure([good], presets.attrib).code).toBe("BOTH_PASSES_MISSING");
    expect(() => omniPerceptionObjective([unmasked], presets.none)).not.toThrow();
    expect(() =>
      omniPerceptionObjective([{ ...unmasked, claims: [] }], presets.robust),
    ).not.toThrow();
  });

  it("says so when nobody made the pass with both streams hidden that PAPO compares with", () => {
    const error = failure([{ ...good, claims: [] }], presets["paper-papo"]);
    expect(error.code).toBe("PASSES_MISSING");
    expect(error.message).toContain("pass with both hidden");
    expect(error.details.path).toBe("paper.weight");
    const joint = { ...good, both: [-1, -3] };
    expect(() => omniPerceptionObjective([joint, good], sampledJoint)).not.toThrow();
  });

  it("says so of terms over every token where nobody claims anything, too", () => {
    const { video: _, ...unmasked } = { ...good, claims: [] };
    expect(failure([unmasked], presets["bonus-all"]).code).toBe("PASSES_MISSING");
    const dual = { ...presets["paper-papo-dual"], reference };
    const whole = { ...dual, paper: { ...dual.paper, estimator: "whole" as const } };
    for (const options of [dual, whole]) {
      expect(failure([unmasked], options).code).toBe("PASSES_MISSING");
    }
  });

  it("looks for passes where a term's own evidence is: clauses, or claims", () => {
    const { video: _, ...unmasked } = good;
    const clauses = [{ modality: "visual", heads: [0, 1], match: 1 }] as const;
    const released = { ...presets["paper-released"], reference };
    const without = { ...released, papo: presets.none.papo };
    expect(failure([{ ...unmasked, claims: [], clauses }], without).code).toBe("PASSES_MISSING");
    expect(() => omniPerceptionObjective([{ ...unmasked, clauses: [] }], without)).not.toThrow();
  });

  it("needs reference log-probs only where the reference KL is on", () => {
    const options = { ...presets.none, reference: { weight: 0.01, form: "weighted" as const } };
    expect(failure([good], options).code).toBe("REFERENCE_MISSING");
  });

  it("stays finite on ratios that overflow", () => {
    for (const kind of ["grpo", "dapo", "dr_grpo", "gspo", "cispo", "sapo"] as const) {
      for (const [full, sampled] of [
        [-1, -5000],
        [-5000, -1],
      ] as const) {
        for (const [advantage, form] of [
          [1, "weighted"],
          [-1, "weighted"],
          [1, "grpo"],
        ] as const) {
          const options = {
            ...presets.none,
            surrogate: { ...presets.none.surrogate, kind, dualClip: 0 },
          };
          const sample = {
            advantage,
            full: [full],
            sampled: [sampled],
            reference: [-1],
            claims: [],
          };
          const result = omniPerceptionObjective([sample], {
            ...options,
            reference: { weight: 1, form },
          });
          expect(Number.isFinite(result.loss)).toBe(true);
          // beyond the clamp nothing is learnt from a token; CISPO's capped weight is the exception
          if (kind !== "cispo") expect(result.gradient.full[0]).toEqual(Float64Array.of(0));
          else expect(result.gradient.full[0]?.every(Number.isFinite)).toBe(true);
        }
      }
    }
  });
});
