import { describe, expect, it } from "vitest";
import { basicMapping } from "../../mer-unibench/taxonomy.ts";
import type { MerSetId } from "../../mer-unibench/types.ts";
import type { Prediction } from "./labels.ts";
import { type MerResultOptions, merResults, type PredictedSet } from "./result.ts";

const options: MerResultOptions = {
  model: "m",
  mappings: [basicMapping()],
  mode: "strict",
  labels: "test",
  asked: false,
};

/** Truths and predicted lists or sentiments, sample by sample; `null` has none. */
function predicted(
  set: MerSetId,
  truths: readonly (string | number)[],
  said: readonly (string | null)[],
): PredictedSet {
  const ids = truths.map((_, i) => `s${i}`);
  const predictions = new Map<string, Prediction>();
  said.forEach((text, i) => {
    if (text !== null) predictions.set(ids[i]!, { openset: text, sentiment: text });
  });
  const samples = ids.map((id, i) => ({ id, truth: truths[i]!, media: {}, subtitle: "" }));
  const counts = {
    asked: ids.length,
    answered: predictions.size,
    failed: ids.length - predictions.size,
    unparseable: 0,
  };
  return { testSet: { set, samples }, runs: [{ checkpoint: "run", predictions }], counts };
}

const meld = predicted("meld", ["joy", "anger", "fear"], ["[happy]", "[sad]", null]);
const sims = predicted("sims", [0.4, -0.2, 0], ["positive", "negative", "positive"]);

describe("merResults", () => {
  it("scores what was predicted, with intervals, counts and the mean", () => {
    const [result] = merResults([meld, sims], options);
    const [hit, waf] = result!.sets.map(({ metrics }) => metrics[0]!);
    expect(hit).toMatchObject({ id: "hit-rate", value: 50, low: 0, high: 100, n: 2 });
    expect(waf).toMatchObject({ id: "waf", value: 100, n: 2 });
    expect(result!.overall![0]!.value).toBe(75);
    expect(result!.sets[0]!.counts.failed).toBe(1);
    expect(result!.notes.join("\n")).toContain("MELD: 1 of 3 samples have no prediction");
    expect(result!.protocol.name).toBe("one checkpoint");
  });

  it("leaves a set without a defined score empty, says why, and gives no mean", () => {
    const zeros = predicted("cmumosi", [0, 0], ["positive", "negative"]);
    const [result] = merResults([zeros, sims], options);
    expect(result!.sets.map(({ metrics }) => metrics[0]!.value)).toEqual([null, 100]);
    expect(result!.overall![0]!.value).toBeNull();
    expect(result!.notes.join("\n")).toMatch(/cmumosi: every true value is 0/);
    const wrong = predicted("ovmerdplus", ["[happy]"], ["[sad]"]);
    expect(merResults([wrong], options)[0]!.sets[0]!.metrics[0]!.value).toBeNull();
  });

  it("fails on a missing prediction in compat mode, as the official code does", () => {
    expect(() => merResults([meld], { ...options, mode: "compat" })).toThrow(/KeyError/);
    const { value } = merResults([sims], { ...options, mode: "compat" })[0]!.sets[0]!.metrics[0]!;
    expect(value).toBe(100);
  });
});
