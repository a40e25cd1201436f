import { describe, expect, it } from "vitest";
import { basicMapping } from "../taxonomy.ts";
import type { Labels, MerSetId } from "../types.ts";
import type { Prediction } from "./labels.ts";
import { openLabels, sentimentLabels, setLevelLabels } from "./metric-ids.ts";
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
  truths: readonly (Labels | number)[],
  said: readonly Labels[],
): PredictedSet {
  const ids = truths.map((_, i) => `s${i}`);
  const predictions = new Map<string, Prediction>();
  said.forEach((text, i) => {
    if (text !== null) predictions.set(ids[i]!, { openset: text, sentiment: String(text) });
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
    expect(result!.overall![0]).toMatchObject({ value: 75, low: 50, high: 100 });
    for (const { metrics } of result!.sets) {
      for (const { low, value, high } of metrics) {
        expect(low).toBeLessThanOrEqual(value!);
        expect(high).toBeGreaterThanOrEqual(value!);
      }
    }
    expect(result!.sets[0]!.counts.failed).toBe(1);
    expect(result!.notes.join("\n")).toContain("MELD: 1 of 3 samples have no prediction");
    expect(result!.protocol.name).toBe("one checkpoint");
  });

  it("has an interval for every metric, those of open sets and of synonym groups among them", () => {
    const truths = ["[happy, excited]", "[sad]", "[angry]"];
    const open = predicted("ovmerdplus", truths, ["[happy]", "[sad, angry]", "[angry]"]);
    const groups = [["happy", "excited"], ["sad"], ["angry"]];
    const synonyms = new Map(["s0", "s1", "s2"].map((id) => [id, groups]));
    const [result] = merResults([open, meld, sims], { ...options, synonyms });
    const ids = result!.sets.map(({ metrics }) => metrics.map(({ id }) => id));
    expect(ids[0]).toEqual([
      ...Object.keys(openLabels),
      ...Object.keys(setLevelLabels),
      "list-length",
    ]);
    expect(ids[2]).toEqual(Object.keys(sentimentLabels));
    const bare = result!.sets.flatMap(({ name, metrics }) =>
      metrics.filter(({ low, high }) => low == null || high == null).map(({ id }) => [name, id]),
    );
    expect(bare).toEqual([]);
  });

  it("refuses a set without a defined score; where answers were paid for it says why, and gives no mean", () => {
    const zeros = predicted("cmumosi", [0, 0], ["positive", "negative"]);
    const wrong = predicted("ovmerdplus", ["[happy]"], ["[sad]"]);
    const none = predicted("meld", ["joy"], [null]);
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => merResults([zeros, sims], options)).toThrow(code("NOTHING_SCORED"));
    expect(() => merResults([wrong], options)).toThrow(code("EW_UNDEFINED"));
    const asked = { ...options, onUndefined: "note" } as const;
    const [result] = merResults([zeros, wrong, none, sims], asked);
    const found = result!.sets.map(({ metrics, unscored }) => [metrics[0]!.value, unscored]);
    expect(found).toEqual([
      [null, expect.stringMatching(/every true value is 0/)],
      [null, expect.stringMatching(/no prediction is right/)],
      [null, "MELD: no sample has a prediction."],
      [100, undefined],
    ]);
    expect(result!.overall![0]).toMatchObject({ value: null });
    expect(result!.overall![0]).not.toHaveProperty("low");
    expect(result!.notes.join("\n")).toMatch(/cmumosi: every true value is 0/);
  });

  it("in compat mode is NaN where the official code is, without an interval", () => {
    const wrong = predicted("ovmerdplus", ["[happy]", "[sad]"], ["[sad]", "[happy]"]);
    const [result] = merResults([wrong, sims], { ...options, mode: "compat" });
    for (const metric of [result!.sets[0]!.metrics[0]!, result!.overall![0]!]) {
      expect(metric).toMatchObject({ value: null, nan: true });
      expect(metric).not.toHaveProperty("low");
    }
    expect(
      merResults([wrong], { ...options, ew: "mer2026" })[0]!.sets[0]!.metrics[0],
    ).toMatchObject({ value: 0 });
  });

  it("keeps lists as lists and text as text: they score apart", () => {
    const text = predicted("meld", ["joy", "anger"], ["[happy, sad]", "[angry]"]);
    const list = predicted("meld", ["joy", "anger"], [["happy, sad"], ["angry"]]);
    const hits = [text, list].map((set) => merResults([set], options)[0]!.sets[0]!.metrics[0]!);
    // "happy, sad" as one ready word stands in no list.
    expect(hits.map(({ value }) => value)).toEqual([100, 50]);
    const truths = predicted("meld", [["joy"]], ["[happy]"]);
    const code = (code: string) => expect.objectContaining({ code });
    expect(() => merResults([truths], options)).toThrow(code("TRUTH_SHAPE"));
    expect(() => merResults([truths], { ...options, mode: "compat" })).toThrow(
      code("PYTHON_TYPE_ERROR"),
    );
  });

  it("reads a lone bracket as no words, and goes on", () => {
    const bracket = predicted("meld", ["joy", "anger"], ["[", "[angry]"]);
    const [result] = merResults([bracket], options);
    expect(result!.sets[0]).toMatchObject({
      metrics: [{ value: 50 }, {}, {}, {}],
      counts: { unparseable: 1 },
    });
  });

  it("names the checkpoint of each set and counts what that one has", () => {
    const truths = ["joy", "anger"];
    const runs = (set: MerSetId, said: Record<string, string[]>): PredictedSet => ({
      ...predicted(set, truths, []),
      runs: Object.entries(said).map(([checkpoint, lists]) => ({
        ...predicted(set, truths, lists).runs[0]!,
        checkpoint,
      })),
    });
    const meld = runs("meld", { epoch5: ["happy", "[sad]"], epoch10: ["[happy]", "[angry]"] });
    const results = (other: PredictedSet) => merResults([meld, other], options);
    const both = results(
      runs("mer2023", { epoch5: ["[joy]", "[angry]"], epoch10: ["[sad]", "[sad]"] }),
    );
    const shown = ({ sets }: (typeof both)[number]) =>
      sets.map(({ checkpoint, counts }) => [checkpoint, counts.unparseable]);
    expect(both.map(shown)).toEqual([
      [
        ["epoch10", 0],
        ["epoch5", 0],
      ],
      [
        ["epoch5", 1],
        ["epoch5", 0],
      ],
      [
        ["epoch10", 0],
        ["epoch10", 0],
      ],
    ]);
    const apart = results(runs("mer2023", { final: ["[joy]", "[angry]"] }));
    expect(apart.map(({ protocol }) => protocol.name)).toHaveLength(2);
    expect(apart[0]!.notes.join("\n")).toContain("No checkpoint is there for every set");
  });

  it("fails on a missing prediction in compat mode, as the official code does", () => {
    expect(() => merResults([meld], { ...options, mode: "compat" })).toThrow(/KeyError/);
    const { value } = merResults([sims], { ...options, mode: "compat" })[0]!.sets[0]!.metrics[0]!;
    expect(value).toBe(100);
  });
});
