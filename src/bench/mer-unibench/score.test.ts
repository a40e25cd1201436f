import { describe, expect, it } from "vitest";
import { tinyMapping } from "./mapping.fake.ts";
import { compareCheckpoints } from "./protocols.ts";
import { scoreMerUniBench } from "./score.ts";
import { merSets, publishedScores } from "./sets.ts";
import { basicMapping } from "./taxonomy.ts";
import type { SetRuns } from "./types.ts";

const basic = (set: "mer2023" | "meld", runs: Record<string, string[]>): SetRuns => ({
  set,
  truth: new Map([
    ["a", "happy"],
    ["b", "sad"],
  ]),
  runs: Object.entries(runs).map(([checkpoint, [a, b]]) => ({
    checkpoint,
    predictions: new Map([
      ["a", a!],
      ["b", b!],
    ]),
  })),
});

const both = ["[happy]", "[sad]"];
const one = ["[happy]", "[mad, happy]"];
const none = ["[sad]", "[happy]"];

describe("scoreMerUniBench", () => {
  it("chooses checkpoints by protocol", () => {
    const result = scoreMerUniBench({
      mapping: basicMapping(),
      sets: [
        basic("mer2023", { epoch100: none, epoch30: both, epoch60: one }),
        basic("meld", { epoch30: none, epoch60: one }),
      ],
    });
    const chosen = Object.fromEntries(
      result.protocols.map(({ protocol, chosen, mean }) => [
        protocol,
        [...chosen.map(({ checkpoint }) => checkpoint), mean],
      ]),
    );
    expect(chosen).toEqual({
      "best-per-set": ["epoch30", "epoch60", 0.75],
      "best-common": ["epoch30", "epoch30", 0.5],
      last: ["epoch100", "epoch60", 0.25],
    });
    expect(result.sets[0]!.runs.map(({ checkpoint }) => checkpoint)).toEqual([
      "epoch30",
      "epoch60",
      "epoch100",
    ]);
  });

  it("says what does not compare", () => {
    const result = scoreMerUniBench({
      mapping: basicMapping(),
      mode: "compat",
      sets: [basic("meld", { last: both })],
    });
    expect(result.complete).toBe(false);
    expect(result.mapping.comparable).toBe(false);
    const notes = result.notes.join("\n");
    for (const word of [
      /not comparable/,
      /Compatibility mode/,
      /2 samples where the test set has 2610/,
      /MME-Emotion/,
      /Not the whole of MER-UniBench/,
    ]) {
      expect(notes).toMatch(word);
    }
  });

  it("scores sets by their own metrics", () => {
    const result = scoreMerUniBench({
      mapping: tinyMapping(),
      sets: [
        {
          set: "sims",
          truth: new Map([["a", 0.5]]),
          runs: [{ checkpoint: "1", predictions: new Map([["a", "positive"]]) }],
        },
        {
          set: "ovmerdplus",
          truth: new Map([["a", "[happy]"]]),
          runs: [{ checkpoint: "1", predictions: new Map([["a", ["glad"]]]) }],
        },
      ],
    });
    expect(result.sets.map(({ runs }) => runs[0]!.score.metric)).toEqual(["waf", "ew-f"]);
    expect(result.protocols[0]!.mean).toBe(1);
  });

  it("refuses nothing, a set twice, a set without runs", () => {
    const code = (sets: SetRuns[]) => {
      try {
        return scoreMerUniBench({ sets, mapping: tinyMapping() });
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const meld = basic("meld", { last: both });
    expect(code([])).toBe("SETS_EMPTY");
    expect(code([meld, meld])).toBe("SET_TWICE");
    expect(code([basic("meld", {})])).toBe("RUNS_EMPTY");
  });

  it("does not take NaN for the best", () => {
    const result = scoreMerUniBench({
      mapping: tinyMapping(),
      mode: "compat",
      sets: [
        {
          set: "ovmerdplus",
          truth: new Map([["a", "[happy]"]]),
          runs: [
            { checkpoint: "1", predictions: new Map([["a", "[sad]"]]) },
            { checkpoint: "2", predictions: new Map([["a", "[happy, sad]"]]) },
          ],
        },
      ],
    });
    expect(result.protocols.map(({ mean }) => mean)).toEqual([2 / 3, 2 / 3, 2 / 3]);
  });
});

describe("the published table", () => {
  it("has all nine sets and the published mean", () => {
    const row = publishedScores.AffectGPT!;
    const mean = merSets.reduce((sum, { id }) => sum + row[id], 0) / merSets.length;
    expect(mean.toFixed(2)).toBe("74.77");
  });

  it("orders checkpoints by number, then by name", () => {
    expect(["e100", "e30", "e060"].sort(compareCheckpoints)).toEqual(["e30", "e060", "e100"]);
    expect(["b", "a"].sort(compareCheckpoints)).toEqual(["a", "b"]);
    const official = ["checkpoint_10_loss_0.9", "checkpoint_5_loss_1.2", "checkpoint_5"];
    expect(official.sort(compareCheckpoints)).toEqual([
      "checkpoint_5",
      "checkpoint_5_loss_1.2",
      "checkpoint_10_loss_0.9",
    ]);
  });
});
