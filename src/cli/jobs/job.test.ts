import { expect, it } from "vitest";
import { experimentOptions } from "../../config/schema.ts";
import { jobsOf } from "./job.ts";

const experiment = (ceiling: boolean | "all") =>
  experimentOptions.parse({
    name: "x",
    ceiling,
    variants: {
      grpo: { loss: { preset: "none" } },
      "oppo-paper": { preset: "paper" },
      "oppo-swap": { loss: { preset: "oppo-swap" } },
    },
  });

it("variants rest on the cold start, the ceiling on nothing, each measurement on its system", () => {
  const rests = Object.fromEntries(jobsOf(experiment(true)).map(({ id, after }) => [id, after]));
  expect(rests).toEqual({
    "cold-start": [],
    grpo: ["cold-start"],
    "oppo-paper": ["cold-start"],
    "oppo-swap": ["cold-start"],
    ceiling: [],
    "evaluate cold-start": ["cold-start"],
    "evaluate grpo": ["grpo"],
    "evaluate oppo-paper": ["oppo-paper"],
    "evaluate oppo-swap": ["oppo-swap"],
    "evaluate ceiling": ["ceiling"],
  });
  expect(jobsOf(experiment(false)).map(({ system }) => system)).not.toContain("ceiling");
});

it("what makes more passes counts as longer", () => {
  const cost = Object.fromEntries(jobsOf(experiment(true)).map((job) => [job.id, job.cost]));
  expect(cost.grpo).toBeLessThan(cost["oppo-swap"]!);
  expect(cost["oppo-swap"]).toBeLessThan(cost["oppo-paper"]!);
});

it("a ceiling on every clip counts as longer than one on the cold start's", () => {
  const cost = (ceiling: true | "all") =>
    jobsOf(experiment(ceiling)).find(({ id }) => id === "ceiling")!.cost;
  expect(cost("all")).toBeGreaterThan(cost(true));
});
