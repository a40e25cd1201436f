import { describe, expect, it } from "vitest";
import { referenceMetrics } from "../bench/mep/reference/compare.ts";
import type { ReferenceResult } from "../bench/mep/reference/evaluate.ts";
import type { ReportData } from "./data.ts";
import { renderReport } from "./report.ts";

const text = "<think>In the video, a broad smile. It is joy.</think><answer>joy</answer>";
const estimate = (value: number) => ({ value, low: value - 4, high: value + 5, n: 9 });

function result(name: string, value: number, above: number): ReferenceResult {
  const metrics = referenceMetrics([0.6]);
  const series = { parts: [{ numerator: [1, 0], denominator: [1, 1] }], join: "only" as const };
  return {
    name,
    itemsHash: "f00d".repeat(16),
    rules: "mep-1",
    policy: "fake",
    settings: { mask: "blank" },
    score: {
      protocol: {
        thresholds: [0.6],
        headline: 0.6,
        bootstrap: { draws: 100, seed: "b", level: 0.95 },
      },
      samples: 2,
    } as unknown as ReferenceResult["score"],
    estimates: Object.fromEntries(metrics.map(({ id }) => [id, estimate(value)])),
    series: Object.fromEntries(metrics.map(({ id }) => [id, series])),
    aboveFloor: { difference: above, low: above - 3, high: above + 3 },
    probes: { questions: 4, unaskable: 0 },
    clips: [
      {
        id: "a<b",
        labels: ["joy"],
        cues: [
          {
            modality: "visual",
            text: "broad smile",
            positive: true,
            recovered: true,
            by: { text: "a broad smile", cosine: 0.97 },
          },
          { modality: "acoustic", text: "loud voice", positive: true, recovered: false },
        ],
        responses: {
          full: {
            text,
            answer: "joy",
            correct: true,
            wellFormed: true,
            claims: [
              {
                modality: "visual",
                text: "a broad smile",
                positive: true,
                start: text.indexOf("a broad"),
                end: text.indexOf(". It"),
                verdict: "matched",
              },
            ],
          },
        },
        probes: [],
        tokens: [],
      },
    ],
    seconds: 1,
  };
}

const data = (more: Partial<ReportData> = {}): ReportData => ({
  title: "Mine",
  question: "Does it?",
  systems: [
    { name: "cold-start", reference: result("cold-start", 30, 1), curves: [] },
    { name: "oppo", reference: result("oppo", 42.5, 8), curves: [] },
  ],
  comparisons: [{ a: "oppo", b: "cold-start" }],
  data: {
    name: "list.csv",
    counts: { train: 50, test: 16 },
    labels: { joy: 3 },
    notes: ["One may leak."],
  },
  clips: [{ id: "a<b", caption: "“well”", without: "there is no film" }],
  config: {},
  seeds: { experiment: 1 },
  versions: {},
  timings: [],
  ...more,
});
const visible = (page: string) =>
  page
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ");

describe("a report without an oracle", () => {
  it("shows recall with intervals, what is above habit, and who recovered which cue", () => {
    const page = renderReport(data());
    const said = visible(page);
    for (const shown of ["42.5 39 – 48", "16 test", "One may leak.", "joy 3", "there is no film"]) {
      expect(said).toContain(shown);
    }
    expect(said).toContain("cold-start +1.0 (−2.0 – +4.0): the interval holds 0");
    expect(said).toContain("oppo +8.0 (+5.0 – +11.0): above habit");
    expect(said).toContain("1 of 2 cues recovered, 1 of 1 claims in the reference");
    expect(page).toContain("nearest: “a broad smile”, cosine 0.97");
    expect(page).toMatch(/class="visual matched"[^>]*>.*?✓/);
    expect(page).not.toMatch(/undefined|NaN|\[object|The world is synthetic/);
  });

  it("says so where no clip has a label", () => {
    const none = { name: "list.csv", counts: { train: 5 }, labels: {}, notes: [] };
    expect(visible(renderReport(data({ data: none })))).toContain("No clip has a label");
  });

  it("warns when systems were run on different items", () => {
    const other = { ...result("oppo", 1, 0), itemsHash: "beef" };
    const { comparisons: _, ...rest } = data();
    const systems = [rest.systems[0]!, { name: "oppo", reference: other, curves: [] }];
    expect(visible(renderReport({ ...rest, systems }))).toContain("their rows don't compare");
  });
});
