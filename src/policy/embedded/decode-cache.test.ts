import { describe, expect, it } from "vitest";
import { CacheMemory, type CacheShape, DecodeCache } from "./decode-cache.ts";
import { unseen } from "./tensors.ts";

const shape: CacheShape = { rows: 4, prefix: 2, own: 4, heads: 2, headWidth: 1 };

/**
 * One layer, two prompts: prefix keys 100 · prompt + 10 · head + position, values a thousand more.
 */
function start(memory = new CacheMemory()): DecodeCache {
  const keys = Float32Array.of(0, 1, 10, 11, 100, 101, 110, 111);
  const parts = [keys, keys.map((value) => value + 1000)];
  const hidden = Float32Array.of(0, 0, unseen, 0);
  return new DecodeCache(
    memory,
    shape,
    { rows: 4, own: 2 },
    {
      hidden,
      parts,
      promptOf: [0, 0, 1, 1],
    },
  );
}

/** What each completion and head holds, by position; undefined where nothing may be seen. */
function contents(cache: DecodeCache, name: string): (number | undefined)[][] {
  const { rows, length } = cache.bucket;
  const { bias, [name]: data } = cache.tensors();
  return Array.from({ length: rows * 2 }, (_, at) =>
    Array.from({ length }, (_, position) =>
      bias![Math.floor(at / 2) * length + position] === 0
        ? data![at * length + position]
        : undefined,
    ),
  );
}

/** A token's keys for 4 rows of 2 heads. */
const token = (first: number) => Float32Array.from({ length: 8 }, (_, i) => first + i);

describe("DecodeCache", () => {
  it("gives each completion its prompt's prefix, hidden positions unseen", () => {
    const cache = start();
    expect(contents(cache, "cache.0.keys").slice(3, 6)).toEqual([
      [10, 11, undefined, undefined],
      [undefined, 101, undefined, undefined],
      [undefined, 111, undefined, undefined],
    ]);
    expect(contents(cache, "cache.0.values")[0]).toEqual([1000, 1001, undefined, undefined]);
  });

  it("keeps what the remaining completions hold when it shrinks and grows", () => {
    const cache = start();
    cache.write(0, [token(20), token(30)]);
    cache.write(1, [token(40), token(50)]);
    cache.resize([1, 3], 2, 4);
    expect(cache.bucket).toEqual({ rows: 2, length: 6 });
    cache.write(2, [token(60).subarray(0, 4), token(70).subarray(0, 4)]);
    expect(contents(cache, "cache.0.keys")).toEqual([
      [0, 1, 22, 42, 60, undefined],
      [10, 11, 23, 43, 61, undefined],
      [undefined, 101, 26, 46, 62, undefined],
      [undefined, 111, 27, 47, 63, undefined],
    ]);
    expect(contents(cache, "cache.0.values")[3]).toEqual([undefined, 1111, 37, 57, 73, undefined]);
  });

  it("shows nothing of the cache that had its memory before", () => {
    const memory = new CacheMemory();
    const first = start(memory);
    first.write(0, [token(20), token(30)]);
    expect(contents(start(memory), "cache.0.keys")).toEqual(contents(start(), "cache.0.keys"));
  });
});
