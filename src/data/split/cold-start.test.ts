import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClipRow } from "../clip-row.ts";
import { drawColdStart } from "./cold-start.ts";
import { drawSplits } from "./draw.ts";

const clips = (count: number, more: (index: number) => Partial<ClipRow> = () => ({})) =>
  Array.from(
    { length: count },
    (_, index): ClipRow => ({ id: `c${index}`, media: {}, labels: [], ...more(index) }),
  );
const draw = (
  rows: readonly ClipRow[],
  sft: number,
  seed: string | number = 1,
  content: ReadonlyMap<string, string> = new Map(),
) => drawColdStart(rows, { sft, seed }, content);

describe("drawColdStart", () => {
  it("takes as many clips as are asked for, or such a share, and leaves all others", () => {
    const drawn = draw(clips(5200), 5000);
    expect(drawn.ids.size).toBe(5000);
    expect(drawn.note).toBe("drawn for the cold start: 5000; for reinforcement learning: 200");
    expect(draw(clips(40), 0.25).ids.size).toBe(10);
  });

  it("is at random: the same for rows in another order, another for another seed", () => {
    const rows = clips(60);
    const ids = (own: readonly ClipRow[], seed: number) => [...draw(own, 20, seed).ids].sort();
    expect(ids(rows.toReversed(), 1)).toEqual(ids(rows, 1));
    expect(ids(rows, 2)).not.toEqual(ids(rows, 1));
    const first = new Set(rows.slice(0, 20).map(({ id }) => id));
    expect(ids(rows, 1).every((id) => first.has(id))).toBe(false);
  });

  it("says how near whole groups come to the number", () => {
    const rows = clips(30, (index) => ({ group: `speaker ${index % 3}` }));
    expect(draw(rows, 12).note).toBe(
      "drawn for the cold start: 10 (12 wanted; groups and copies stay whole); for reinforcement learning: 20",
    );
  });

  it("puts no group and no copy in both stages, and none of them is empty", () => {
    const clip = fc.record({
      group: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
      content: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
    });
    const seeds = fc.integer();
    fc.assert(
      fc.property(fc.array(clip, { minLength: 2, maxLength: 40 }), seeds, (given, seed) => {
        const rows = clips(given.length, (index) => {
          const { group } = given[index]!;
          return group === undefined ? {} : { group: `g${group}` };
        });
        const content = new Map(
          given.flatMap(({ content: own }, index) =>
            own === undefined ? [] : [[`c${index}` as string, String(own)] as const],
          ),
        );
        const drawn = tryDraw(rows, seed, content);
        if (drawn === undefined) return;
        expect(drawn.size).toBeGreaterThan(0);
        expect(drawn.size).toBeLessThan(rows.length);
        const stages = new Map<string, boolean>();
        for (const { id, group } of rows) {
          for (const key of [group, content.get(id)]) {
            if (key === undefined) continue;
            expect(stages.get(key) ?? drawn.has(id)).toBe(drawn.has(id));
            stages.set(key, drawn.has(id));
          }
        }
      }),
    );
  });

  /** Undefined where clips hang together so that they can't be divided, which is refused. */
  function tryDraw(rows: ClipRow[], seed: number, content: ReadonlyMap<string, string>) {
    try {
      return draw(rows, 0.5, seed, content).ids;
    } catch (error) {
      expect(error).toMatchObject({ code: "SPLIT_COLD_START" });
      return undefined;
    }
  }

  it.each<[string, ClipRow[], number, RegExp]>([
    [
      "as many clips as there are",
      clips(1200),
      5000,
      /5000 clips for the cold start, and 1200 that train: none is left .*less than 1200, a share such as 0\.2, or more clips \(data\.split\.sft, --cold-start\)/,
    ],
    ["one group", clips(6, () => ({ group: "Ann" })), 3, /6 clips that train can't be divided/],
    ["a number of clips that is none", clips(9), 2.5, /2\.5 is neither a number .*5000, or 0\.2/],
    ["no clip at all", clips(9), 0, /0 is neither a number/],
  ])("refuses %s", (_name, rows, sft, message) => {
    expect(() => draw(rows, sft)).toThrow(expect.objectContaining({ code: "SPLIT_COLD_START" }));
    expect(() => draw(rows, sft)).toThrow(message);
  });
});

describe("drawSplits with a number for the cold start", () => {
  const shares = { test: 0.2, validation: 0.1, sft: 12, seed: 1 };

  it("gives each training clip its stage, and no other clip one", () => {
    const { rows, notes } = drawSplits(clips(50), shares);
    const count = (stage: string) => rows.filter((row) => row.stage === stage).length;
    expect([count("sft"), count("rl")]).toEqual([12, 23]);
    expect(rows.filter(({ split }) => split !== "train").every(({ stage }) => !stage)).toBe(true);
    expect(notes[1]).toBe("drawn for the cold start: 12; for reinforcement learning: 23");
  });

  it("leaves the sides as they are drawn without it", () => {
    const rows = clips(50);
    const sides = (own: object) =>
      drawSplits(rows, { ...shares, ...own }).rows.map(({ split }) => split);
    expect(sides({})).toEqual(sides({ sft: undefined }));
    expect(drawSplits(rows, { ...shares, sft: undefined }).rows[0]).not.toHaveProperty("stage");
  });

  it("divides the training side that a list gives", () => {
    const rows = clips(10, (index) => ({ split: index < 8 ? "train" : "test" }));
    const drawn = drawSplits(rows, { ...shares, sft: 0.5 }).rows;
    expect(drawn.filter(({ stage }) => stage === "sft")).toHaveLength(4);
  });
});
