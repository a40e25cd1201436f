import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cachedEmbedder } from "./cache.ts";
import { embedderConformance } from "./conformance.ts";
import type { Embedder } from "./port.ts";
import { requireTexts, unitVectors } from "./vectors.ts";

/** Unit vectors from character counts, with a record of what it was asked. */
function countingEmbedder(id = "letters@1"): Embedder & { asked: string[][] } {
  const asked: string[][] = [];
  return {
    id,
    asked,
    async embed(texts) {
      requireTexts(texts, id);
      asked.push([...texts]);
      const rows = texts.map((text) => {
        const row = new Array<number>(64).fill(0);
        for (let i = 0; i < text.length; i++) row[(text.charCodeAt(i) * (i + 1)) % 64]! += 1;
        return row;
      });
      return unitVectors(rows, texts, id);
    },
  };
}

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe("cachedEmbedder", () => {
  it.each(embedderConformance)("$name", ({ run }) => run(cachedEmbedder(countingEmbedder())));

  it("asks once for each new text of a batch", async () => {
    const inner = countingEmbedder();
    const cached = cachedEmbedder(inner);
    const [a, , again] = await cached.embed(["smile", "frown", "smile"]);
    await cached.embed(["frown", "nod"]);
    expect(inner.asked).toEqual([["smile", "frown"], ["nod"]]);
    expect(a).toBe(again);
    expect(a).toEqual((await inner.embed(["smile"]))[0]);
  });

  it("keeps vectors in a file, per embedder", async () => {
    const file = join(folder, "vectors.jsonl");
    const [written] = await cachedEmbedder(countingEmbedder(), { file }).embed(["smile"]);

    const same = countingEmbedder();
    expect(await cachedEmbedder(same, { file }).embed(["smile"])).toEqual([written]);
    expect(same.asked).toEqual([]);

    const other = countingEmbedder("letters@2");
    await cachedEmbedder(other, { file }).embed(["smile"]);
    expect(other.asked).toEqual([["smile"]]);
  });

  it("survives a line cut by a kill, and goes on writing whole ones", async () => {
    const file = join(folder, "vectors.jsonl");
    await cachedEmbedder(countingEmbedder(), { file }).embed(["smile"]);
    appendFileSync(file, '{"key":"letters@1:ab","vec');
    await cachedEmbedder(countingEmbedder(), { file }).embed(["nod"]);
    const reopened = countingEmbedder();
    await cachedEmbedder(reopened, { file }).embed(["smile", "nod"]);
    expect(reopened.asked).toEqual([]);
    expect(readFileSync(file, "utf8").trimEnd().split("\n")).toHaveLength(2);
  });

  it("names file and line of a row that is no vector", () => {
    const file = join(folder, "vectors.jsonl");
    writeFileSync(file, '{"key":"letters@1:00","vector":"AAA="}\n');
    expect(() => cachedEmbedder(countingEmbedder(), { file })).toThrow(
      /vectors\.jsonl:1: row is not a cached vector \(delete the file/,
    );
  });

  it("forgets the oldest beyond its limit", async () => {
    const inner = countingEmbedder();
    const cached = cachedEmbedder(inner, { maxEntries: 2 });
    await cached.embed(["one", "two", "three"]);
    await cached.embed(["three", "one"]);
    expect(inner.asked.at(-1)).toEqual(["one"]);
  });

  it("stores nothing when the encoder fails", async () => {
    const inner = countingEmbedder();
    const cached = cachedEmbedder(inner);
    await expect(cached.embed(["smile", " "])).rejects.toThrow(/text 1 is empty/);
    await cached.embed(["smile"]);
    expect(inner.asked).toEqual([["smile"]]);
  });
});
