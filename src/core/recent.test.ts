import { expect, it } from "vitest";
import { recent, remembered } from "./recent.ts";

it("forgets what was used longest ago; having a look is no use", () => {
  const cache = recent<number>(2);
  cache.set("a", 1);
  cache.set("b", 2);
  expect(cache.get("a")).toBe(1);
  expect(cache.peek("b")).toBe(2);
  cache.set("c", 3);
  const held = ["a", "b", "c"].map((key) => cache.peek(key));
  expect([held, cache.size]).toEqual([[1, undefined, 3], 2]);
  cache.delete("a");
  expect(cache.get("a")).toBeUndefined();
});

it("makes a value once while it is remembered, and keeps nothing where nothing may be kept", () => {
  let made = 0;
  const cache = recent<number>(1);
  expect([remembered(cache, "a", () => ++made), remembered(cache, "a", () => ++made)]).toEqual([
    1, 1,
  ]);
  remembered(cache, "b", () => ++made);
  expect(remembered(cache, "a", () => ++made)).toBe(3);
  const none = recent<number>(0);
  none.set("a", 1);
  expect(none.size).toBe(0);
});
