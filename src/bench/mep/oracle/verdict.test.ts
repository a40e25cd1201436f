import { describe, expect, it } from "vitest";
import { exchangeStream, judgeFact } from "./verdict.ts";
import { fakeOracle, fakeRow } from "./world.fake.ts";

const truth = (
  visual: string,
  acoustic: string,
  values: readonly [number, number, number, number],
) => ({
  factors: fakeRow("c", visual, acoustic, values).factors,
  emotion: { visual, acoustic },
});

describe("judgeFact", () => {
  const clip = truth("joy", "sadness", [1, 0, 2, 2]);

  it("calls a claim true by the clip's factors, prototypes or not", () => {
    const judged = judgeFact({ factor: "brows", value: 1 }, clip, fakeOracle);
    expect(judged).toEqual({ verdict: "true", third: 0 });
  });

  it("calls a false claim cross-modal when it fits the other stream's emotion", () => {
    // sadness lowers brows (2); of anger (3) and fear (1) neither does.
    expect(judgeFact({ factor: "brows", value: 2 }, clip, fakeOracle)).toEqual({
      verdict: "cross-modal",
      third: 0,
    });
    // The voice claimed as joy (the face's emotion) has it: 1; fear shares it, anger doesn't.
    expect(judgeFact({ factor: "pitch", value: 1 }, clip, fakeOracle)).toEqual({
      verdict: "cross-modal",
      third: 0.5,
    });
  });

  it("doesn't when it fits the own emotion as well, or no conflict is there", () => {
    // joy's mouth is 1 and absent here; claiming it is false, but the face's own stereotype.
    expect(judgeFact({ factor: "mouth", value: 1 }, clip, fakeOracle).verdict).toBe("false");
    // fear and joy both raise the brows.
    const shared = truth("joy", "fear", [2, 1, 1, 3]);
    expect(judgeFact({ factor: "brows", value: 1 }, shared, fakeOracle)).toEqual({
      verdict: "false",
      third: 0,
    });
    const congruent = truth("joy", "joy", [1, 1, 1, 1]);
    expect(judgeFact({ factor: "brows", value: 2 }, congruent, fakeOracle)).toEqual({
      verdict: "false",
      third: 1 / 3,
    });
  });
});

describe("exchangeStream", () => {
  it("takes one modality's factors and emotion from the donor", () => {
    const clip = truth("joy", "sadness", [1, 1, 2, 2]);
    const donor = truth("anger", "fear", [3, 3, 1, 3]);
    const swapped = exchangeStream(clip, donor, "acoustic", fakeOracle);
    expect(swapped).toEqual(truth("joy", "fear", [1, 1, 1, 3]));
    expect(clip.factors.pitch).toBe(2);
  });
});
