import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import { logSoftmax, randomBatch } from "./fixture.ts";
import { omniPerceptionObjective, selectClaims } from "./objective.ts";
import type { PaperOptions } from "./options.ts";
import { paperLoss } from "./paper.ts";
import { resolveLossOptions } from "./presets.ts";
import { maskedReads, wholeReads } from "./reads.ts";
import { type LossPass, type LossSample, lossPasses } from "./sample.ts";
import { referencedClauses } from "./selectors.ts";
import { onLogits, rowKl } from "./whole.ts";

type Options = Omit<PaperOptions, "weight">;
const printed: Options = {
  tokens: "evidence",
  estimator: "whole",
  reduce: "sum",
  maskedGradient: true,
};
const everyOption: Options[] = (["evidence", "all", "together"] as const).flatMap((tokens) =>
  (["whole", "k1", "k3"] as const).flatMap((estimator) =>
    (["sum", "mean"] as const).flatMap((reduce) =>
      [true, false].map((maskedGradient) => ({ tokens, estimator, reduce, maskedGradient })),
    ),
  ),
);

/** A batch with one log-prob, sampled or of a row, moved by `by`. */
function moved(
  batch: readonly LossSample[],
  where: { kind: "sampled" | "whole"; pass: LossPass; sample: number; at: number },
  by: number,
): LossSample[] {
  return batch.map((sample, index) => {
    if (index !== where.sample) return sample;
    const values = Array.from(
      where.kind === "whole" ? sample.whole![where.pass]!.values : sample[where.pass]!,
    );
    values[where.at]! += by;
    return where.kind === "sampled"
      ? { ...sample, [where.pass]: values }
      : {
          ...sample,
          whole: { ...sample.whole, [where.pass]: { ...sample.whole![where.pass]!, values } },
        };
  });
}

describe("gradient of the printed loss, by central differences", () => {
  it.each(everyOption)("$tokens, $estimator, $reduce, masked $maskedGradient", (options) => {
    const batch = randomBatch(41, { samples: 3 });
    const result = paperLoss(batch, options);
    const h = 1e-5;
    let moving = 0;
    for (const kind of ["sampled", "whole"] as const) {
      for (const pass of lossPasses) {
        if (pass !== "full" && !options.maskedGradient) {
          const rows = [result.gradient[pass] ?? [], result.whole?.[pass] ?? []].flat();
          expect(rows.every((row) => row === undefined)).toBe(true);
          continue;
        }
        batch.forEach((sample, index) => {
          const values = kind === "whole" ? sample.whole![pass]!.values : sample[pass]!;
          const own =
            kind === "whole" ? result.whole?.[pass]?.[index] : result.gradient[pass]?.[index];
          for (let at = 0; at < values.length; at++) {
            const where = { kind, pass, sample: index, at };
            const up = paperLoss(moved(batch, where, h), options).loss;
            const down = paperLoss(moved(batch, where, -h), options).loss;
            if (up !== down) moving++;
            expect(Math.abs((own?.[at] ?? 0) - (up - down) / (2 * h))).toBeLessThan(1e-6);
          }
        });
      }
    }
    expect(moving).toBeGreaterThan(5);
  });
});

describe("the whole-vocabulary KL", () => {
  it("is the expected k1 and the expected k3 of tokens drawn from p, by enumeration", () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const rng = new Rng(seed);
        const [p, q] = [0, 1].map(() => logSoftmax(Array.from({ length: 7 }, () => rng.normal())));
        const expected = (value: (d: number) => number) =>
          p!.reduce((sum, log, v) => sum + Math.exp(log) * value(log - q![v]!), 0);
        expect(rowKl(p!, q!, 7)).toBeCloseTo(
          expected((d) => d),
          12,
        );
        expect(rowKl(p!, q!, 7)).toBeCloseTo(
          expected((d) => Math.expm1(-d) + d),
          12,
        );
      }),
    );
  });

  it("is never negative, and 0 for equal rows; a word that p never says adds nothing", () => {
    const row = logSoftmax([1, 2, 3]);
    expect(rowKl(row, row, 3)).toBe(0);
    expect(rowKl([0, Number.NEGATIVE_INFINITY], [Math.log(0.5), Math.log(0.5)], 2)).toBeCloseTo(
      Math.log(2),
      12,
    );
  });

  it("moves logits by differences that add up to 0 in each row", () => {
    const logits = onLogits(
      [0.3, -1, 2, 0, 0, 5],
      [...logSoftmax([1, 0, 2]), ...logSoftmax([0, 1, 0])],
      3,
    );
    expect(logits[0]! + logits[1]! + logits[2]!).toBeCloseTo(0, 12);
    expect(logits[3]! + logits[4]! + logits[5]!).toBeCloseTo(0, 12);
  });

  it("refuses a token without a row and a divergence without end, with what to do", () => {
    const [sample] = randomBatch(3, { samples: 1 }) as [LossSample];
    const visual: LossSample = {
      ...sample,
      claims: [{ modality: "visual", heads: [1], match: 1 }],
    };
    const { video: _, ...without } = visual.whole!;
    expect(() => paperLoss([{ ...visual, whole: without }], printed)).toThrow(
      /token 1: no whole-vocabulary row of the pass 'video'.*set loss.paper.estimator to k1 or k3/,
    );
    const rows = visual.whole!.video!;
    const values = Array.from(rows.values, () => Number.NEGATIVE_INFINITY);
    const never = { ...visual, whole: { ...visual.whole, video: { ...rows, values } } };
    expect(() => paperLoss([never], printed)).toThrow(
      /divergence from the pass 'video' is Infinity/,
    );
  });
});

describe("a pass that some responses lack", () => {
  it.each([
    ["together", "both"],
    ["all", "video"],
  ] as const)("%s: those that have '%s' stand for the others", (tokens, pass) => {
    const [sample] = randomBatch(5, { samples: 1 }) as [LossSample];
    const { audio: _, ...own } = sample;
    const { [pass]: __, ...without } = own;
    const options = { ...printed, tokens };
    const every = paperLoss([own, own], options);
    const half = paperLoss([own, without as LossSample], options);
    expect(half.loss).toBeCloseTo(every.loss, 12);
  });
});

describe("evidence by the reference", () => {
  const batch = randomBatch(8, { samples: 5 });

  it.each(["paper", "sensitivity", "papo"] as const)(
    "the term %s acts on clauses alone",
    (term) => {
      const of = (selector: "own" | "reference") =>
        resolveLossOptions({ [term]: { weight: 0.1 }, evidence: { selector } });
      const alone = omniPerceptionObjective(selectClaims(batch, referencedClauses), of("own"));
      const chosen = omniPerceptionObjective(batch, of("reference"));
      expect(chosen.metrics[`loss/${term}`]).toBe(alone.metrics[`loss/${term}`]);
      expect(chosen.gradient.video).toEqual(alone.gradient.video);
      const own = omniPerceptionObjective(batch, of("own"));
      expect(chosen.metrics[`loss/${term}`]).not.toBe(own.metrics[`loss/${term}`]);
    },
  );

  it("a response without a matched clause adds nothing, whatever it claims", () => {
    const options = resolveLossOptions({ preset: "paper", surrogate: { kind: "grpo" } });
    const none = batch.map((sample) => ({ ...sample, clauses: [] }));
    const { metrics, whole } = omniPerceptionObjective(none, options);
    expect(metrics["loss/paper"]).toBe(0);
    expect(whole).toBeUndefined();
  });

  it("asks for rows at clauses, in the pass that hides their stream", () => {
    const clauses = [
      { modality: "visual" as const, heads: [4, 5], match: 1 },
      { modality: "acoustic" as const, heads: [1], match: 1 },
    ];
    const sample = { ...batch[0]!, clauses };
    const options = resolveLossOptions({ preset: "paper" });
    expect(wholeReads(options, sample)).toEqual({ full: [1, 4, 5], video: [4, 5], audio: [1] });
    const sampled = resolveLossOptions({ preset: "paper", paper: { estimator: "k3" } });
    expect(wholeReads(sampled, sample)).toEqual({});
    const heads = sample.claims.flatMap((claim) => claim.heads);
    expect(new Set(maskedReads(sampled, sample.claims, undefined, clauses))).toEqual(
      new Set([...heads, 1, 4, 5]),
    );
  });
});

it("passes dealt in turn give the sum of both, over every balanced dealing", () => {
  const whole = randomBatch(5, { samples: 4 }).map((sample) => ({
    ...sample,
    claims: [{ modality: "visual" as const, heads: [0, 1], match: 0.5 }],
  }));
  const dealings = [0b0011, 0b0101, 0b0110, 0b1001, 0b1010, 0b1100];
  const losses = dealings.map(
    (bits) =>
      paperLoss(
        whole.map((sample, i) => {
          const { video, audio, ...rest } = sample;
          return ((bits >> i) & 1 ? { ...rest, video } : { ...rest, audio }) as LossSample;
        }),
        printed,
      ).loss,
  );
  const mean = losses.reduce((a, b) => a + b) / losses.length;
  expect(mean).toBeCloseTo(paperLoss(whole, printed).loss, 12);
});
