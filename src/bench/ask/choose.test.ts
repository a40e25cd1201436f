import { expect, it } from "vitest";
import { choose } from "./choose.ts";

const items = Array.from({ length: 100 }, (_, i) => ({
  id: i,
  label: i < 70 ? "a" : i < 95 ? "b" : "c",
}));
const label = ({ label }: { label: string }) => label;

it("draws in proportion to labels, by seed, in the items' order", () => {
  const drawn = choose(items, label, { sample: 20, seed: "1" });
  const count = (name: string) => drawn.filter((item) => item.label === name).length;
  expect([count("a"), count("b"), count("c")]).toEqual([14, 5, 1]);
  expect(drawn.map(({ id }) => id)).toEqual(drawn.map(({ id }) => id).sort((x, y) => x - y));
  expect(choose(items, label, { sample: 20, seed: "1" })).toEqual(drawn);
  expect(choose(items, label, { sample: 20, seed: "2" })).not.toEqual(drawn);
});

it("fills up by largest remainders", () => {
  for (const sample of [1, 3, 7, 33, 99]) {
    expect(choose(items, label, { sample })).toHaveLength(sample);
  }
  expect(choose(items, label, { sample: 500 })).toEqual(items);
});

it("limits after drawing, and leaves all without a choice", () => {
  expect(choose(items, label, { limit: 3 }).map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(choose(items, label, { sample: 20, limit: 4 })).toHaveLength(4);
  expect(choose(items, label, {})).toEqual(items);
});
