import { expect, test } from "vitest";
import { forwardFlops, trainingFlops } from "./flops.ts";

const tiny = {
  width: 2,
  layers: 1,
  heads: 1,
  headWidth: 2,
  vocabulary: 5,
  video: { tokens: 1, dim: 3 },
  audio: { tokens: 1, dim: 7 },
};
const one = { prompts: 1, group: 1, tokens: 1 };

test("a model of one layer, counted by hand", () => {
  const media = 2 * (3 * 2) + 2 * (7 * 2);
  const prefix = 2 * (2 * (2 * 6)); // two rows, qkv alone: the only layer is the last
  const completion =
    2 * (2 * 6) + // qkv
    2 * (2 * 3) + // scores over prefix and itself
    2 * (2 * 3) + // mixing
    2 * (2 * 2) + // output
    2 * (2 * 8) * 2; // MLP
  const head = 2 * (2 * 5);
  expect(forwardFlops(tiny, one)).toBe(media + prefix + completion + head);
  expect(trainingFlops(tiny, one)).toBe(2 * media + 3 * (prefix + completion + head));
});

test("a group shares its prompt's prefix: only completions multiply", () => {
  const alone = forwardFlops(tiny, one);
  const eight = forwardFlops(tiny, { ...one, group: 8 });
  const prompts = forwardFlops(tiny, { ...one, prompts: 8 });
  expect(prompts).toBe(8 * alone);
  expect(eight).toBeLessThan(prompts);
  expect(eight - alone).toBe(7 * (forwardFlops(tiny, { ...one, group: 2 }) - alone));
});

test("every layer beyond the first adds a whole block to the prefix too", () => {
  const layers = [1, 2, 3].map((count) => forwardFlops({ ...tiny, layers: count }, one));
  expect(layers[2]! - layers[1]!).toBe(layers[1]! - layers[0]!);
  expect(layers[1]! - layers[0]!).toBeGreaterThan(2 * (2 * (2 * 6)));
});
