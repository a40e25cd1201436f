import { expect, test } from "vitest";
import type { Progress } from "../../src/core/progress.ts";
import { interleave, timed } from "./rounds.ts";

test("turns take turns, each round begins with another, and a round's value is its fastest repeat", async () => {
  const order: string[] = [];
  const seen: Progress[] = [];
  const turn = (name: string, values: number[]) => ({
    name,
    run: async () => {
      order.push(name);
      return values;
    },
  });
  const measured = await interleave(
    "x",
    [turn("a", [2, 9, 3]), turn("b", [5])],
    { rounds: 3, seconds: 60 },
    (report) => seen.push(report),
  );
  expect(order).toEqual(["a", "b", "b", "a", "a", "b"]);
  expect(measured.get("a")).toEqual([2, 2, 2]);
  expect(measured.get("b")).toEqual([5, 5, 5]);
  expect(seen.at(-1)).toEqual({ step: "x", done: 6, total: 6 });
});

test("warm-ups run and are not counted", async () => {
  let runs = 0;
  const times = await timed(async () => runs++, { warmups: 2, repeats: 3 });
  expect(runs).toBe(5);
  expect(times).toHaveLength(3);
});

test("time that is up ends a measurement after a whole round, and never before the second", async () => {
  const turns = ["a", "b"].map((name) => ({ name, run: async () => [1] }));
  const measured = await interleave("x", turns, { rounds: 9, seconds: -1 }, () => {});
  expect([...measured.values()].map((values) => values.length)).toEqual([2, 2]);
});
