import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "./errors.ts";
import { canonicalJson, readJson, sha256, writeFileAtomic } from "./files.ts";
import { appendJsonl, readGivenJsonl, readJsonl } from "./jsonl.ts";
import { Rng } from "./rng.ts";
import { bootstrap, bootstrapDraws, mean, quantile, standardDeviation } from "./stats.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-core-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("Rng", () => {
  const draw = (rng: Rng, n = 5) => Array.from({ length: n }, () => rng.float());

  it("gives the same numbers for the same seed, and these numbers on every machine", () => {
    expect(draw(new Rng(1))).toEqual(draw(new Rng(1)));
    expect(draw(new Rng(1))).not.toEqual(draw(new Rng(2)));
    expect(draw(new Rng("pin"), 3)).toMatchInlineSnapshot(`
      [
        0.8529869264457375,
        0.17484354344196618,
        0.8787688743323088,
      ]
    `);
  });

  it("forks independent streams that do not disturb the parent", () => {
    const rng = new Rng(3);
    const before = new Rng(rng.save());
    expect(draw(rng.fork("a"))).not.toEqual(draw(rng.fork("b")));
    expect(draw(rng)).toEqual(draw(before));
  });

  it("fills arrays of any length with independent normals", () => {
    const out = new Rng("pairs").normals(new Float32Array(20001));
    const normal = Array.from(out);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(standardDeviation(normal)).toBeCloseTo(1, 1);
    expect(mean(normal.slice(1).map((value, i) => value * normal[i]!))).toBeCloseTo(0, 1);
    expect(mean(normal.slice(1).map((value, i) => value ** 2 * normal[i]! ** 2))).toBeCloseTo(1, 1);
    expect(new Rng("pairs").normals(new Float32Array(20001))).toEqual(out);
  });

  it("is uniform and normal enough", () => {
    const rng = new Rng(4);
    const uniform = draw(rng, 20000);
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    const normal = Array.from({ length: 20000 }, () => rng.normal());
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(standardDeviation(normal)).toBeCloseTo(1, 1);
  });

  it("shuffles without losing anything and refuses to pick from nothing", () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = new Rng(5).shuffle(items);
    expect(shuffled).not.toEqual(items);
    expect(shuffled.toSorted((a, b) => a - b)).toEqual(items);
    expect(() => new Rng(1).pick([])).toThrow(RangeError);
  });
});

describe("files", () => {
  it("writes whole files and leaves no temporary ones", () => {
    const file = join(folder, "deep", "x.txt");
    writeFileAtomic(file, "one");
    writeFileAtomic(file, "two");
    expect(readdirSync(join(folder, "deep"))).toEqual(["x.txt"]);
  });

  it("hashes equal values equally, whatever the order of keys", () => {
    const a = canonicalJson({ x: 1, y: { b: 2, a: [1, { d: 1, c: 2 }] } });
    const b = canonicalJson({ y: { a: [1, { c: 2, d: 1 }], b: 2 }, x: 1 });
    expect(sha256(a)).toBe(sha256(b));
  });
});

describe("json", () => {
  it("names the file that is no JSON", () => {
    const file = join(folder, "cut.json");
    writeFileSync(file, '{"a":');
    expect(() => readJson(file)).toThrow(`${file}: is not JSON`);
  });
});

describe("jsonl", () => {
  it("appends rows and forgives a last line cut by a kill, and only that", () => {
    const file = join(folder, "x.jsonl");
    appendJsonl(file, [{ a: 1 }, { a: 2 }]);
    appendFileSync(file, '{"a": 3');
    expect(readJsonl(file)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(() => readGivenJsonl(file)).toThrow(`${file}:3: line is not JSON`);
    writeFileSync(file, '\uFEFF{"a": 1}\n{"a": 2}');
    expect(readGivenJsonl(file)).toEqual([{ a: 1 }, { a: 2 }]);
    writeFileSync(file, '{"a": 1}\nbroken\n{"a": 2}\n');
    expect(() => readJsonl(file)).toThrow(`${file}:2: line is not JSON`);
    expect(existsSync(join(folder, "none"))).toBe(false);
    expect(() => readJsonl(join(folder, "none"))).toThrow(/no such file/);
  });
});

describe("stats", () => {
  it("agrees with hand-computed values", () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(standardDeviation([1, 2, 6])).toBeCloseTo(Math.sqrt(7), 12);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(mean([])).toBeNaN();
  });

  it("gives an interval that covers the mean about as often as it says", () => {
    const rng = new Rng(6);
    let covered = 0;
    for (let run = 0; run < 100; run++) {
      const sample = Array.from({ length: 40 }, () => rng.normal());
      const pick = (indices: Int32Array) => mean(Array.from(indices, (i) => sample[i]!));
      const { low, high } = bootstrap(40, pick, { draws: 200, seed: run });
      if (low <= 0 && high >= 0) covered++;
    }
    expect(covered).toBeGreaterThan(85);
  });
});

describe("OppoError", () => {
  it("says where, what and what to do", () => {
    const error = new ConfigError("X", "unknown key", {
      file: "a.yaml",
      line: 2,
      column: 3,
      hint: "drop it",
    });
    expect(error.message).toBe("a.yaml:2:3: unknown key (drop it)");
    expect(error).toMatchObject({ name: "ConfigError", code: "X" });
  });
});

it("draws of a sample are the same whatever was drawn since, and whether they fit into memory", () => {
  const sums = (items: number, draws: number) =>
    bootstrapDraws(items, (indices) => indices.reduce((sum, index) => sum + index, 0), { draws });
  const first = sums(50, 20);
  for (let items = 51; items < 60; items++) sums(items, 20);
  expect(sums(50, 20)).toEqual(first);
  // 4.5 million indices are not kept; the first draws are those of fewer draws
  expect(sums(50, 90_000).slice(0, 20)).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(15);
});
