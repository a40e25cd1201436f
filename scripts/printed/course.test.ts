import { describe, expect, it } from "vitest";
import { courseOf } from "./course.ts";

describe("the course of a training", () => {
  it("is means over ten steps, of what was recorded", () => {
    const rows = Array.from({ length: 45 }, (_, at) => ({ step: at + 1, reward: at + 1 }));
    const { steps, stages } = courseOf(rows);
    expect(steps).toBe(45);
    expect(stages).toEqual({
      "steps 1–10": { reward: 5.5 },
      "steps 21–30": { reward: 25.5 },
      "steps 41–50": { reward: 43 },
      "last 10": { reward: 40.5 },
    });
  });
});
