import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClipRow } from "../clip-row.ts";
import { contentGroups } from "./content.ts";
import { drawSplits } from "./draw.ts";

const clip = (id: string, more: Partial<ClipRow> = {}): ClipRow => ({
  id,
  media: {},
  labels: [],
  ...more,
});
const clips = (count: number, more: (index: number) => Partial<ClipRow> = () => ({})) =>
  Array.from({ length: count }, (_, index) => clip(`c${index}`, more(index)));
const shares = { test: 0.2, validation: 0.1, seed: 1 };

function sidesOf(drawn: ReturnType<typeof drawSplits>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { split } of drawn.rows) counts[split] = (counts[split] ?? 0) + 1;
  return counts;
}

describe("drawSplits", () => {
  it("gives each side its share of the clips and keeps the rows' order", () => {
    const rows = clips(50);
    const drawn = drawSplits(rows, shares);
    expect(sidesOf(drawn)).toEqual({ test: 10, validation: 5, train: 35 });
    expect(drawn.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(drawn.notes[0]).toBe("clips: train 35, validation 5, test 10");
  });

  it("is the same for rows in another order, and another for another seed", () => {
    const side = (rows: ClipRow[], seed: number) =>
      drawSplits(rows, { ...shares, seed })
        .rows.filter(({ split }) => split === "test")
        .map(({ id }) => id)
        .sort();
    const rows = clips(40);
    expect(side(rows.toReversed(), 1)).toEqual(side(rows, 1));
    expect(side(rows, 2)).not.toEqual(side(rows, 1));
  });

  it("puts no group on two sides", () => {
    const rows = clips(200, (index) => ({ group: `speaker ${index % 17}` }));
    const drawn = drawSplits(rows, shares);
    const sides = new Map<string, Set<string>>();
    for (const { group, split } of drawn.rows) {
      sides.set(group!, (sides.get(group!) ?? new Set()).add(split));
    }
    expect([...sides.values()].every((own) => own.size === 1)).toBe(true);
    expect(drawn.notes).toContain("divided by group: none of 17 is on two sides");
    const { test = 0 } = sidesOf(drawn);
    expect(Math.abs(test - 40)).toBeLessThanOrEqual(6);
  });

  it("says what a division by clip may leak", () => {
    expect(drawSplits(clips(10), shares).notes[1]).toMatch(
      /divided by clip: no column names a group .*--group.*one speaker may be in training and test/,
    );
  });

  it("gives a side that is asked for something, however large the groups are", () => {
    const rows = clips(20, (index) => ({ group: index < 15 ? "big" : "small" }));
    expect(sidesOf(drawSplits(rows, { test: 0.1, validation: 0 }))).toEqual({ test: 5, train: 15 });
  });

  it("keeps sides that the list gives, and says which groups are on two of them", () => {
    const rows = [
      clip("a", { split: "train", group: "Ann" }),
      clip("b", { split: "test", group: "Ann" }),
      clip("c", { split: "test", group: "Bo" }),
    ];
    const drawn = drawSplits(rows, shares);
    expect(drawn.rows.map(({ split }) => split)).toEqual(["train", "test", "test"]);
    expect(drawn.notes).toContain("divided as the list says");
    expect(drawn.notes.join()).toMatch(/1 of 2 groups are on two sides, the first: Ann: /);
  });

  it.each<[string, ClipRow[], object, RegExp]>([
    [
      "where some rows have a side and some don't",
      [clip("a", { split: "train" }), clip("b")],
      { code: "SPLIT_PARTIAL" },
      /1 of 2 clips have no split, the first: b/,
    ],
    [
      "where the list has no test clip",
      [clip("a", { split: "train" }), clip("b", { split: "validation" })],
      { code: "SPLIT_EMPTY" },
      /no test clip: the split column gives it none/,
    ],
    ["one clip", [clip("a")], { code: "SPLIT_EMPTY" }, /no test clip: 1 clip can't be divided/],
    [
      "one group",
      clips(5, () => ({ group: "Ann" })),
      { code: "SPLIT_EMPTY" },
      /no test clip: 5 clips can't be divided so \(clips of one group/,
    ],
  ])("refuses %s", (_name, rows, code, message) => {
    expect(() => drawSplits(rows, shares)).toThrow(expect.objectContaining(code));
    expect(() => drawSplits(rows, shares)).toThrow(message);
  });
});

describe("copies of one file", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "oppo-split-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const video = (id: string, content: string | Buffer, more: Partial<ClipRow> = {}) =>
    clip(id, { media: { video: file(`${id}.mp4`, content) }, ...more });

  it("are found by content, not by size, by their ends or by name", () => {
    const long = Buffer.alloc(100_000, 1);
    const changed = Buffer.from(long);
    changed[50_000] = 2;
    const rows = [
      video("a", "same"),
      video("b", "same"),
      video("c", "else"),
      video("long", long),
      video("copy", long),
      video("other", changed),
      video("empty", ""),
      video("void", ""),
    ];
    expect([...contentGroups(rows).keys()].sort()).toEqual(["a", "b", "copy", "long"]);
  });

  it("are no copies where one file holds the features of all clips", () => {
    const path = file("all.npz", "features");
    const all = clips(3, () => ({ features: { video: path } }));
    expect(contentGroups(all).size).toBe(0);
    const own = ["x", "y"].map((id) => clip(id, { features: { audio: file(`${id}.npy`, "1") } }));
    expect(contentGroups(own).size).toBe(2);
  });

  it("stand on one side, and join the groups they are in", () => {
    const rows = Array.from({ length: 40 }, (_, index) =>
      video(`v${index}`, `film ${index % 20}`, { group: `g${index % 10}` }),
    );
    const drawn = drawSplits(rows, { test: 0.3, validation: 0 });
    const side = new Map(drawn.rows.map(({ id, split }) => [id, split]));
    for (let index = 0; index < 20; index++) {
      expect(side.get(`v${index}`)).toBe(side.get(`v${index + 20}`));
    }
    expect(drawn.notes.at(-1)).toBe("40 clips are copies of 20 files, the first: v0 = v20");
    const joined = [
      video("p", "one", { group: "Ann" }),
      video("q", "one", { group: "Bo" }),
      video("r", "two", { group: "Cy" }),
    ];
    const sides = drawSplits(joined, { test: 0.3, validation: 0 });
    expect(sides.rows.map(({ split }) => split)).toEqual(["train", "train", "test"]);
    expect(sides.notes[1]).toMatch(
      /none of 3 is on two sides; groups with a copied file were joined/,
    );
  });

  it("are refused where the list puts them on two sides", () => {
    const rows = [video("a", "x", { split: "train" }), video("b", "x", { split: "test" })];
    expect(() => drawSplits(rows, shares)).toThrow(
      /'a' \(train\) and 'b' \(test\) are the same file \(give both the same split/,
    );
  });
});
