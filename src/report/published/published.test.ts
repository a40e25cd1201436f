import { describe, expect, it } from "vitest";
import type { BenchmarkResult } from "../../bench/ask/result.ts";
import { renderBenchmarkPage } from "../benchmark-page.ts";
import { meanOf, misprintedMean } from "../benchmark-published.ts";
import { ablationFits, ablationMean, publishedAblations } from "./ablations.ts";
import { publishedMepPaper } from "./mep-paper.ts";
import { publishedMerUniBench } from "./mer-unibench.ts";
import { publishedMmeEmotion } from "./mme-emotion.ts";

const row = (rows: readonly { model: string; source: string }[], model: string) =>
  rows.find((one) => one.model === model && one.source.startsWith("arXiv"))!;

describe("published numbers", () => {
  it("MER-UniBench: every printed mean is that of its nine cells, but OPPO's", () => {
    const printed = publishedMerUniBench.filter(({ printedMean }) => printedMean !== undefined);
    expect(printed).toHaveLength(9);
    for (const { values } of printed) expect(Object.keys(values)).toHaveLength(9);
    const misfits = printed.filter((one) => misprintedMean(one) !== undefined);
    expect(
      misfits.map(({ model, printedMean, values }) => [
        model,
        printedMean,
        meanOf(Object.values(values)).toFixed(2),
      ]),
    ).toEqual([["OPPO", 81.05, "80.94"]]);
  });

  it("ablations: the printed means that are not those of their groups are exactly these", () => {
    const misfits = publishedAblations.filter((one) => !ablationFits(one));
    expect(
      misfits.map((one) => [one.setting, one.printedMean, ablationMean(one).toFixed(2)]),
    ).toEqual([
      ["β 8e-3 (OPPO: ρ .7, δ .5, α .5)", 81.05, "80.94"],
      ["δ .55", 80.76, "78.55"],
      ["α .4, reward only", 79.14, "78.44"],
      ["a judge reads the whole chain (1 to 10) in place of R_omni", 77.75, "77.78"],
    ]);
  });

  it("ablations and tables agree where they speak of one model", () => {
    const oppo = publishedAblations.find(({ setting }) => setting.includes("OPPO"))!;
    expect(oppo.mep).toEqual(
      ["cue recall", "Acc@V", "Acc@A"].map(
        (set) => publishedMepPaper.find(({ model }) => model === "OPPO")!.values[set],
      ),
    );
    const { values } = row(publishedMerUniBench, "OPPO") as (typeof publishedMerUniBench)[number];
    const of = (...sets: string[]) => meanOf(sets.map((set) => values[set]!));
    expect(of("CMU-MOSI", "CMU-MOSEI", "CH-SIMS", "CH-SIMS v2")).toBeCloseTo(oppo.groups[0], 2);
    expect(of("MER2023", "MER2024", "MELD", "IEMOCAP")).toBeCloseTo(oppo.groups[1], 2);
    expect(values["OV-MERD+"]).toBe(oppo.groups[2]);
  });

  it("MME-Emotion: CoT is the mean of recognition and reasoning in every row, to one decimal", () => {
    for (const { model, overall = {} } of publishedMmeEmotion) {
      const mean = (overall["recognition-micro"]! + overall["reasoning-micro"]!) / 2;
      expect(Math.abs(mean - overall["cot-micro"]!), model).toBeLessThanOrEqual(0.1 + 1e-9);
    }
  });

  it("every row says where it was read; a judge or a choice of checkpoints is named", () => {
    for (const one of [...publishedMerUniBench, ...publishedMmeEmotion, ...publishedMepPaper]) {
      expect(one.source).not.toBe("");
      if (one.source !== "by definition") expect(one.judge ?? one.checkpoints).toBeDefined();
    }
  });
});

it("the page shows the mean of the cells, the printed one beside it, and a mean without cells", () => {
  const counts = { asked: 1, answered: 1, failed: 0, unparseable: 0 };
  const metric = {
    id: "mean",
    label: "mean",
    value: 1,
    unit: "percent",
    better: "higher",
  } as const;
  const sets = Object.keys(publishedMerUniBench[0]!.values);
  const whole: BenchmarkResult = {
    benchmark: "mer-unibench",
    model: "m",
    sets: sets.map((name) => ({ name, metrics: [metric], counts })),
    overall: [metric],
    protocol: { name: "p", tools: {}, settings: {} },
    notes: [],
  };
  const page = (result: BenchmarkResult) => renderBenchmarkPage({ title: "t", results: [result] });
  expect(page(whole)).toContain('80.94<span class="flaw">printed as 81.05</span>');
  expect(page(whole)).toMatch(
    /OmniOPSD<small>[^<]*second-hand[^<]*<\/small><\/td>(<td>–<\/td>){9}<td>84\.19/,
  );
  expect(page(whole)).toContain("arXiv 2606.25325");
  const part = page({ ...whole, sets: whole.sets.slice(0, 8) });
  expect(part).not.toContain("printed as");
  expect(part).not.toContain("OmniOPSD");
});
