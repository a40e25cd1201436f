import { describe, expect, it } from "vitest";
import { type Progress, silent } from "../../../core/progress.ts";
import type { ManifestRow } from "../../../corpus/manifest.ts";
import { compare } from "./compare.ts";
import { evaluateMep, evaluationStep } from "./evaluate.ts";
import { buildItems } from "./items.ts";
import { evaluationOptions, itemOptions } from "./options.ts";
import type { MepResult } from "./result.ts";
import { consoleTable, formatEstimate, metricById } from "./table.ts";
import {
  crossing,
  emotions,
  FakePolicy,
  fakeBlank,
  fakeOracle,
  fakePrompt,
  fakeRow,
  fakeTokenizer,
  type Mind,
  respond,
  silentMind,
  truthful,
} from "./world.fake.ts";

/** Four congruent clips and four conflicts; every factor as its stream's emotion has it. */
const rows: ManifestRow[] = emotions.flatMap((emotion, index) => {
  const other = emotions[(index + 1) % emotions.length]!;
  const value = (name: string, factor: "brows" | "mouth" | "pitch" | "tempo") =>
    fakeOracle.prototype(name, factor);
  const factors = (face: string, voice: string) =>
    [
      value(face, "brows"),
      value(face, "mouth"),
      value(voice, "pitch"),
      value(voice, "tempo"),
    ] as const;
  return [
    fakeRow(`same-${emotion}`, emotion, emotion, factors(emotion, emotion)),
    fakeRow(`mixed-${emotion}`, emotion, other, factors(emotion, other)),
  ];
});
const items = buildItems(rows, fakeOracle, itemOptions.parse({}));
const prompts = new Map(rows.map((row) => [row.id, fakePrompt(row)]));

function evaluate(mind: Mind, options = {}, progress = silent): Promise<MepResult> {
  return evaluateMep({
    name: "system",
    policy: new FakePolicy(mind),
    tokenizer: fakeTokenizer,
    prompts,
    items,
    oracle: fakeOracle,
    blank: fakeBlank,
    options: { bootstrapDraws: 200, ...options },
    progress,
  });
}
const value = (result: MepResult, id: string) => result.estimates[id]!.value;

describe("a policy that states what is there", () => {
  it("gets everything right, and nothing about what is hidden", async () => {
    const result = await evaluate(truthful);
    const expected = {
      accuracy: 100,
      format: 100,
      claims: 4,
      "recall-visual": 100,
      "recall-acoustic": 100,
      "f1-macro-visual": 100,
      f1: 100,
      faithfulness: 100,
      "faithfulness-conflict": 100,
      cross: 0,
      unreadable: 0,
      "hidden-claims": 0,
      "hidden-ratio": 0,
      "swap-follows-visual": 100,
      "swap-leak-acoustic": 0,
      "swap-stale-visual": 0,
      pair: 100,
      "pair-hidden": 50,
      "pair-blind": 50,
      tempted: 0,
      "tempted-hidden": 50,
      "yes-present": 100,
      "yes-absent": 0,
      "yes-hidden": 0,
      "yes-rate": 50,
      "pair-both": 100,
    };
    for (const [id, number] of Object.entries(expected)) {
      expect([id, value(result, id)]).toEqual([id, number]);
    }
    expect(result.estimates.faithfulness).toEqual({ value: 100, low: 100, high: 100, n: 32 });
  });

  it("gets floors that see nothing", async () => {
    const { controls } = await evaluate(truthful);
    const [blind, textOnly, shuffled] = controls;
    expect(controls.map((row) => row.name)).toEqual([
      "system, blind",
      "system, text-only",
      "system, shuffled",
    ]);
    for (const floor of [blind!, textOnly!]) {
      expect(floor.estimates.recall!.value).toBe(0);
      expect(floor.estimates.accuracy!.value).toBe(25); // always "joy": one emotion of four
      expect(floor.estimates.faithfulness!.value).toBeNull();
    }
    expect(shuffled!.estimates.faithfulness!.value).toBeLessThan(100);
    expect(shuffled!.estimates.claims!.value).toBe(4);
  });
});

describe("a policy that describes one stream by the other's emotion", () => {
  it("shows up as cross-modal, in the masked runs and in the probes", async () => {
    const result = await evaluate(crossing);
    // Congruent clips: the other emotion is the own one, so every claim is true.
    expect(value(result, "faithfulness-congruent")).toBe(100);
    // Conflicts, per stream: joy|sadness and sadness|anger are false in both factors; anger|fear
    // shares mouth = tempo = 3, fear|joy shares brows = pitch = 1. 6 of 8 claims are false, all
    // cross.
    expect(value(result, "faithfulness-conflict")).toBe(25);
    expect(value(result, "cross-raw")).toBe(75);
    // Emotions neither shown that would claim the same false value, over 2 thirds:
    // visual: joy|sad 0 0; sad|anger brows 3: 0, mouth 3: fear ½; anger|fear brows 1: joy ½;
    // fear|joy mouth 1: 0.
    expect(value(result, "cross-visual")).toBe(((6 - 1) / 8) * 100);
    // acoustic claims = face's prototype: sadness|anger 2 2: 0; joy|sadness 1: fear ½, 1: 0;
    // anger|fear pitch 3: 0; fear|joy tempo 3: anger ½.
    expect(value(result, "cross-acoustic")).toBe(((6 - 1) / 8) * 100);
    expect(value(result, "cross")).toBe(62.5);
    // With the video blank it still describes the face from the voice, never the voice: 2 of 4
    // claims.
    expect(value(result, "hidden-claims")).toBe(2);
    expect(value(result, "hidden-claims-visual")).toBe(2);
    expect(value(result, "hidden-ratio")).toBe(100);
    // A donor's emotion is a third one: nothing it says of the face follows the face that was shown
    // unless the two prototypes share a value.
    expect(value(result, "swap-follows-visual")).toBeLessThan(40);
    expect(value(result, "swap-leak-visual")).toBeGreaterThan(40);
    expect(value(result, "tempted")).toBe(100);
    expect(value(result, "tempted-hidden")).toBe(100);
    expect(value(result, "pair-hidden")).toBe(100); // congruent: leakage is right by luck
    expect(value(result, "yes-hidden")).toBeGreaterThan(50);
    expect(value(result, "pair-both")).toBe(0);
  });

  it("marks its claims one by one", async () => {
    const result = await evaluate(crossing);
    const clip = result.clips.find((record) => record.id === "mixed-joy")!;
    expect(clip.responses[0]!.claims.map((claim) => [claim.text, claim.verdict])).toEqual([
      ["lowered brows", "cross-modal"],
      ["frowning mouth", "cross-modal"],
      ["high pitch", "cross-modal"],
      ["fast tempo", "cross-modal"],
    ]);
  });
});

describe("a policy that says nothing", () => {
  it("has no faithfulness rather than a perfect one", async () => {
    const result = await evaluate(silentMind);
    expect(value(result, "claims")).toBe(0);
    expect(value(result, "recall")).toBe(0);
    expect(result.estimates.faithfulness).toEqual({ value: null, low: null, high: null, n: 0 });
    expect(formatEstimate(metricById("faithfulness"), result.estimates.faithfulness)).toBe(
      "no claims",
    );
    expect(consoleTable([result])).toContain("no claims");
  });
});

describe("counting", () => {
  it("counts repeats and unreadable claims, and neither as faithful", async () => {
    const brows = { factor: "brows", value: 1 } as const;
    const text = respond([brows, brows], [{ factor: "pitch", value: 2 }], "joy").replace(
      "low pitch",
      "low pitch, gibberish",
    );
    const result = await evaluate({ say: () => text }, { maskedClips: 0 });
    const at = result.clips.findIndex(({ id }) => id === "same-joy");
    const counted = (id: string) => [
      result.series[id]!.numerator[at],
      result.series[id]!.denominator[at],
    ];
    expect(counted("claims")).toEqual([3, 1]);
    expect(counted("claims-congruent")).toEqual([3, 1]);
    expect(counted("claims-conflict")).toEqual([0, 0]);
    expect(counted("repeats")).toEqual([1, 1]);
    expect(counted("unreadable")).toEqual([1, 3]);
    // Raised brows are true, a low pitch is false, gibberish isn't shown to be true.
    expect(counted("faithfulness")).toEqual([1, 3]);
    expect(counted("faithfulness-readable")).toEqual([1, 2]);
    expect(counted("precision-acoustic")).toEqual([0, 2]);
    expect(counted("f1")).toEqual([2, 7]);
    expect(counted("f1-macro-acoustic")).toEqual([0, 1]);
    expect(counted("cross-raw")).toEqual([0, 0]);
    expect(counted("recall-visual")).toEqual([1, 2]);
    expect(counted("f1-visual")).toEqual([2, 3]);
    expect(counted("recall-acoustic")).toEqual([0, 2]);
  });

  it("doesn't make a policy look better for garbling its false claims", async () => {
    const garble = (text: string) => text.replaceAll(/(low|high|cracking) pitch/g, "gibberish");
    const plain = await evaluate(crossing, { maskedClips: 0 });
    const garbled = await evaluate(
      { say: (view) => garble(crossing.say(view)) },
      { maskedClips: 0 },
    );
    for (const id of ["faithfulness", "faithfulness-conflict", "precision-acoustic", "f1"]) {
      expect(value(garbled, id)).toBeLessThanOrEqual(value(plain, id)!);
    }
    expect(value(garbled, "claims")).toBe(value(plain, "claims"));
    expect(value(garbled, "unreadable")).toBe(25);
  });

  it("says how far the whole evaluation is", async () => {
    const told: Progress[] = [];
    await evaluate(truthful, { samplesPerClip: 2, maskedClips: 3, chunk: 2 }, (report) => {
      told.push(report);
    });
    // 8 clips twice; 3 clips under 6 other conditions and in 3 situations of the probes.
    const total = 8 * 2 + 3 * 6 + 3 * 3;
    expect(told[0]).toEqual({ step: evaluationStep, done: 0, total });
    expect(told[1]!.done).toBe(4);
    expect(told.at(-1)).toEqual({ step: evaluationStep, done: total, total });
    expect(told.every((report) => report.step === evaluationStep && report.total === total)).toBe(
      true,
    );
    expect(told.map(({ done }) => done)).toEqual(
      told.map(({ done }) => done).toSorted((a, b) => a - b),
    );
  });

  it("runs conditions and probes on the first maskedClips only", async () => {
    const result = await evaluate(truthful, { maskedClips: 2, recordClips: 1 });
    expect(result.series["hidden-claims-visual"]!.denominator).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    expect(result.series.pair!.denominator.slice(2)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(result.clips[0]!.tokens).toBeDefined();
    expect(result.clips[1]!.tokens).toBeUndefined();
    expect(result.settings.maskedClips).toBe(2);
  });

  it("cuts long responses and says so", async () => {
    const result = await evaluate(truthful, { maxTokens: 5, maskedClips: 0 });
    expect(value(result, "truncated")).toBe(100);
    expect(value(result, "format")).toBe(0);
    expect(value(result, "tokens")).toBe(5);
  });

  it("averages several samples per clip", async () => {
    let turn = 0;
    const mind: Mind = { say: (view) => (turn++ % 2 === 0 ? truthful : silentMind).say(view) };
    const result = await evaluate(mind, { samplesPerClip: 2, maskedClips: 0 });
    expect(value(result, "recall")).toBe(50);
    expect(value(result, "claims")).toBe(2);
    expect(value(result, "faithfulness")).toBe(100);
    const doubled = await evaluate(crossing, { samplesPerClip: 2 });
    expect(value(doubled, "hidden-ratio")).toBe(100);
  });
});

describe("probes", () => {
  it("ask about the statement, not about the context before it", async () => {
    const context = fakeTokenizer.encode(items.probeContext.visual).ids.length;
    const surprised: Mind["expect"] = ({ visual }, at) =>
      at < context && visual === null ? -51 : -1;
    const result = await evaluate({ say: truthful.say, expect: surprised });
    expect(value(result, "yes-present")).toBe(0);
  });
});

describe("log-prob drops", () => {
  it("are full minus masked, per token, with its place in the text", async () => {
    const believe: Mind["believe"] = ({ visual, acoustic }) =>
      visual === null ? -4 : acoustic === null ? -2 : -1;
    const result = await evaluate({ ...truthful, believe }, { dropMask: "blank" });
    const { tokens, responses } = result.clips[0]!;
    const last = tokens!.at(-1)!;
    expect([last.logprob, last.visual, last.acoustic]).toEqual([-1, 3, 1]);
    expect(tokens![0]!.visual).toBe(0);
    expect(responses[0]!.text.slice(tokens![0]!.start, tokens![0]!.end)).toBe("<think>");
  });
});

describe("what can't be compared or run", () => {
  it("names a clip without a prompt", async () => {
    const some = new Map([...prompts].slice(1));
    const run = evaluateMep({
      name: "x",
      policy: new FakePolicy(truthful),
      tokenizer: fakeTokenizer,
      prompts: some,
      items,
      oracle: fakeOracle,
      blank: fakeBlank,
    });
    await expect(run).rejects.toMatchObject({ code: "PROMPT_MISSING" });
  });

  it("refuses items that were frozen with another lexicon", async () => {
    const run = evaluateMep({
      name: "x",
      policy: new FakePolicy(truthful),
      tokenizer: fakeTokenizer,
      prompts,
      items: { ...items, oracle: "older" },
      oracle: fakeOracle,
      blank: fakeBlank,
    });
    await expect(run).rejects.toMatchObject({ code: "ORACLE_CHANGED" });
  });

  it("refuses items that were frozen with other rules", async () => {
    const run = evaluateMep({
      name: "x",
      policy: new FakePolicy(truthful),
      tokenizer: fakeTokenizer,
      prompts,
      items: { ...items, rulesHash: "older" },
      oracle: fakeOracle,
      blank: fakeBlank,
    });
    await expect(run).rejects.toMatchObject({ code: "RULES_CHANGED" });
  });

  it("pairs systems over clips and refuses other items", async () => {
    const [good, bad] = [await evaluate(truthful), await evaluate(crossing)];
    expect(compare(good, bad)["faithfulness-conflict"]).toMatchObject({ difference: 75 });
    expect(compare(good, good).recall).toEqual({ difference: 0, low: 0, high: 0 });
    expect(compare(good, await evaluate(silentMind)).faithfulness!.difference).toBeNull();
    expect(() => compare(good, { ...bad, itemsHash: "other" })).toThrow(/other items/);
  });

  it("is repeatable", async () => {
    const options = evaluationOptions.parse({});
    const [a, b] = [await evaluate(crossing, options), await evaluate(crossing, options)];
    expect({ ...a, seconds: 0 }).toEqual({ ...b, seconds: 0 });
  });
});
