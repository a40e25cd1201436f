import { describe, expect, it } from "vitest";
import { randomBatch } from "./fixture.ts";
import { omniPerceptionObjective, selectClaims } from "./objective.ts";
import { evidenceTerms, type LossConfig, type LossOptions } from "./options.ts";
import { resolveLossOptions } from "./presets.ts";
import { maskedReads, readsClauses, wholeReads } from "./reads.ts";
import type { LossPass } from "./sample.ts";
import { referencedClauses, selectorOf } from "./selectors.ts";
import { everyClaim } from "./term.ts";
import { lossTerms } from "./terms.ts";
import { addTotals, measureTotals } from "./totals.ts";

const batch = randomBatch(8, { samples: 6 });
const swap = { sensitivity: 0.05, invariance: 0.3 };
const paper = { weight: 8e-3 };
const mixed = resolveLossOptions({
  counterfactual: swap,
  paper,
  evidence: { terms: { paper: "reference" } },
});
const swapAlone = resolveLossOptions({ counterfactual: swap });
const paperAlone = resolveLossOptions({ paper, evidence: { selector: "reference" } });
const plain = resolveLossOptions();

describe("evidence of single terms (evidence.terms)", () => {
  it("swap terms on own words beside the paper's term on clauses: each as if it were alone", () => {
    const [both, swapped, printed, bare] = [mixed, swapAlone, paperAlone, plain].map((options) =>
      omniPerceptionObjective(batch, options),
    ) as [
      ReturnType<typeof omniPerceptionObjective>,
      ...ReturnType<typeof omniPerceptionObjective>[],
    ];
    for (const name of ["counterfactual_sensitivity", "counterfactual_invariance"]) {
      expect(both.metrics[`loss/${name}`]).toBe(swapped!.metrics[`loss/${name}`]);
    }
    expect(both.metrics["loss/paper"]).toBe(printed!.metrics["loss/paper"]);
    expect(both.whole).toEqual(printed!.whole);
    expect(both.gradient.video).toEqual(swapped!.gradient.video);
    expect(both.loss).toBeCloseTo(swapped!.loss + printed!.loss - bare!.loss, 12);
  });

  it("is the same objective from either side: the exception may be the swap or the paper", () => {
    const turned = resolveLossOptions({
      counterfactual: swap,
      paper,
      evidence: {
        selector: "reference",
        terms: { counterfactual_sensitivity: "own", counterfactual_invariance: "own" },
      },
    });
    expect(omniPerceptionObjective(batch, turned)).toEqual(omniPerceptionObjective(batch, mixed));
  });

  it("divides by totals of its own evidence, over a batch in parts as well", () => {
    const whole = omniPerceptionObjective(batch, mixed);
    const parts = [batch.slice(0, 2), batch.slice(2)];
    const totals = addTotals(parts.map(measureTotals));
    const clauses = addTotals(
      parts.map((part) => measureTotals(selectClaims(part, referencedClauses))),
    );
    const context = { totals, selected: { [referencedClauses.id]: clauses } };
    const sum = parts
      .map((part) => omniPerceptionObjective(part, mixed, context).loss)
      .reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(whole.loss, 12);
    expect(() => omniPerceptionObjective(parts[0]!, mixed, { totals })).toThrow(
      "no totals of the claims selected by 'clauses of the reference'",
    );
  });

  it("reads tokens of claims for one term and rows at clauses for the other", () => {
    const claims = [{ modality: "visual" as const, heads: [2], match: 1 }];
    const clauses = [{ modality: "acoustic" as const, heads: [4, 5], match: 1 }];
    const sample = { ...batch[0]!, claims, clauses };
    expect(maskedReads(mixed, claims, undefined, clauses)).toEqual([2]);
    expect(wholeReads(mixed, sample)).toEqual({ full: [4, 5], audio: [4, 5] });
    expect(wholeReads(resolveLossOptions({ counterfactual: swap, paper }), sample)).toEqual({
      full: [2],
      video: [2],
    });
  });

  it("wants clauses as soon as one active term acts on them, and no sooner", () => {
    const wants = (config: LossConfig) => readsClauses(resolveLossOptions(config));
    expect(readsClauses(mixed)).toBe(true);
    expect(wants({ preset: "paper" })).toBe(true);
    expect(wants({ counterfactual: swap, evidence: { terms: { paper: "reference" } } })).toBe(
      false,
    );
    expect(
      wants({ preset: "paper", evidence: { selector: "reference", terms: { paper: "own" } } }),
    ).toBe(false);
    expect(wants({ preset: "none", evidence: { selector: "reference" } })).toBe(false);
  });

  it.each(["entropy_video", "policy", "nobody"])(
    "refuses %s, which reads no claims, with those that do",
    (name) => {
      const config = { evidence: { terms: { [name]: "reference" } } } as LossConfig;
      expect(() => resolveLossOptions(config)).toThrow(
        `'${name}': no term that reads claims; those are: ${evidenceTerms.join(", ")}`,
      );
    },
  );

  it("refuses a choice that nobody made", () => {
    const config = { evidence: { terms: { paper: "mine" } } } as unknown as LossConfig;
    expect(() => resolveLossOptions(config)).toThrow(/own.*reference/);
  });
});

describe("terms whose evidence can be chosen", () => {
  /** Rows and log-probs are there everywhere, so that a term differs by its claims alone. */
  const passes: readonly LossPass[] = ["full", "video", "audio", "both"];
  const value = (options: LossOptions, name: string, some = batch) =>
    omniPerceptionObjective(some, options).metrics[`loss/${name}`];
  const on = (option: string | null): LossConfig => {
    const [section, key] = (option ?? "surrogate.dualClip").split(".") as [string, string];
    return { [section]: { [key]: option ? 0.1 : 3 } };
  };

  it.each(lossTerms)("$name is one exactly if its value depends on claims", ({ name, option }) => {
    expect(batch.every((sample) => passes.every((pass) => sample.whole?.[pass]))).toBe(true);
    const options = resolveLossOptions(on(option));
    const none = batch.map((sample) => ({ ...sample, claims: [] }));
    const depends = value(options, name) !== value(options, name, none);
    expect((evidenceTerms as readonly string[]).includes(name)).toBe(depends);
  });

  it("each takes the evidence that it is given, whatever the others have", () => {
    for (const name of evidenceTerms) {
      const options = resolveLossOptions({ evidence: { terms: { [name]: "reference" } } });
      const clauses = lossTerms.filter((term) => selectorOf(term, options) !== everyClaim);
      expect(clauses.map((term) => term.name)).toEqual([name]);
      expect(selectorOf(clauses[0]!, options)).toBe(referencedClauses);
    }
  });
});
