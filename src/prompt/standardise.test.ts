import { describe, expect, it } from "vitest";
import { Rng } from "../core/rng.ts";
import { isShared } from "../core/shared-memory.ts";
import type { Prompt } from "./prompt.ts";
import { blankRow, fitStandardiser, scaleRows, standardise } from "./standardise.ts";

const rng = new Rng("standardise");
const prompt = (id: string): Prompt => {
  const stream = (centre: number, spread: number) => ({
    features: Float32Array.from({ length: 12 }, (_, i) =>
      i % 3 === 2 ? 7 : centre + spread * rng.normal(),
    ),
    tokens: 4,
    dim: 3,
    attended: true,
  });
  return { id, text: [], video: stream(10, 2), audio: stream(-5, 0.1) };
};
const prompts = Array.from({ length: 400 }, (_, i) => prompt(`p${i}`));

describe("standardise", () => {
  const standardiser = fitStandardiser(prompts);

  it("gives every dimension mean 0 and deviation 1, constant ones 0", () => {
    for (const modality of ["video", "audio"] as const) {
      const rows = prompts.flatMap((p) => [...standardise(p, standardiser)[modality].features]);
      for (const dimension of [0, 1, 2]) {
        const values = rows.filter((_, i) => i % 3 === dimension);
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const spread = values.reduce((a, b) => a + b * b, 0) / values.length;
        expect(mean).toBeCloseTo(0, 4);
        expect(spread).toBeCloseTo(dimension === 2 ? 0 : 1, 3);
      }
    }
  });

  it("takes the mean row for nothing where nobody knows how nothing looks", () => {
    expect([...blankRow(null, standardiser.video)]).toEqual([0, 0, 0]);
    const mean = Float32Array.from(standardiser.audio.centre);
    for (const value of blankRow(mean, standardiser.audio)) expect(value).toBeCloseTo(0, 5);
    expect(isShared(blankRow(null, standardiser.video))).toBe(true);
  });

  it("lets threads share the result", () => {
    const { video, audio } = standardise(prompts[0]!, standardiser);
    expect([video, audio].map(({ features }) => isShared(features))).toEqual([true, true]);
  });

  it("leaves the original alone and treats blank rows alike", () => {
    const [first] = prompts;
    const before = first!.video.features.slice();
    const row = standardise(first!, standardiser).video.features.slice(0, 3);
    expect(first!.video.features).toEqual(before);
    expect(scaleRows(before.slice(0, 3), standardiser.video)).toEqual(row);
    expect(() => scaleRows(before.slice(0, 4), standardiser.video)).toThrow(/rows of 3/);
    expect(() => fitStandardiser([])).toThrow(/no prompts/);
  });
});
