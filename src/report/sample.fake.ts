import { compareSeries } from "../bench/mep/oracle/estimate.ts";
import { metrics } from "../bench/mep/oracle/metrics.ts";
import type { ClipRecord, MepResult, SystemScores } from "../bench/mep/oracle/result.ts";
import type { ReportData } from "./data.ts";

const text =
  "<think>In the video, raised brows. In the audio, high pitch.</think><answer>joy</answer>";
const at = (part: string) => ({ start: text.indexOf(part), end: text.indexOf(part) + part.length });

/** A clip with one true and one cross-modal claim, and tokens for the first words. */
export function sampleClip(id = "clip-1"): ClipRecord {
  const brows = { factor: "brows", value: 1 } as const;
  const pitch = { factor: "pitch", value: 1 } as const;
  return {
    id,
    congruent: false,
    label: "joy",
    emotion: { visual: "joy", acoustic: "anger" },
    cues: [{ ...brows, modality: "visual", text: "raised brows" }],
    responses: [
      {
        text,
        answer: "joy",
        correct: true,
        wellFormed: true,
        claims: [
          {
            text: "raised brows",
            ...at("raised brows"),
            modality: "visual",
            fact: brows,
            verdict: "true",
            repeated: false,
          },
          {
            text: "high pitch",
            ...at("high pitch"),
            modality: "acoustic",
            fact: pitch,
            verdict: "cross-modal",
            repeated: false,
          },
        ],
      },
    ],
    masked: {},
    tokens: Array.from(text.matchAll(/<\/?[a-z]+>| ?[a-zA-Z]+|[^a-zA-Z]/g), (match, index) => ({
      start: match.index,
      end: match.index + match[0].length,
      logprob: -0.5,
      visual: index === 5 ? 1.25 : 0,
      acoustic: index === 5 ? -0.25 : 0,
    })),
  };
}

/** Scores of `value` percent everywhere over four clips. */
function sampleScores(name: string, value: number): SystemScores {
  const series = {
    numerator: [1, 2, 3, 4].map((n) => (n * value) / 250),
    denominator: [1, 1, 1, 1],
  };
  const estimate = { value, low: value - 3.4, high: value + 4.2, n: 4 };
  return {
    name,
    estimates: Object.fromEntries(metrics.map(({ id }) => [id, { ...estimate }])),
    series: Object.fromEntries(metrics.map(({ id }) => [id, series])),
  };
}

function sampleResult(name: string, value: number): MepResult {
  return {
    ...sampleScores(name, value),
    itemsHash: "f00d".repeat(16),
    rules: "mep-synthetic-2",
    policy: "fake",
    settings: { dropMask: "swap", bootstrapDraws: 100, temperature: 1 },
    controls: [sampleScores(`${name}, blind`, 1.5)],
    clips: [sampleClip()],
    seconds: 4.2,
  };
}

export function sampleReport(clipPath: string): ReportData {
  return {
    title: "A run",
    question: "Does it work?",
    systems: [
      { name: "GRPO", result: sampleResult("GRPO", 31.3), curves: curve(0.4) },
      {
        name: "OPPO",
        description: "with both parts",
        result: sampleResult("OPPO", 62.7),
        curves: curve(0.8),
      },
    ],
    comparisons: [{ a: "OPPO", b: "GRPO" }],
    clips: [{ id: "clip-1", path: clipPath, caption: "conflict: face joy, voice anger" }],
    config: { name: "demo" },
    seeds: { experiment: 17 },
    versions: { oppo: "0.1.0" },
    timings: [{ step: "train OPPO", seconds: 143 }],
    notes: ["One guard fired."],
  };
}

const curve = (top: number) =>
  Array.from({ length: 30 }, (_, index) => ({
    step: index + 1,
    reward: (top * index) / 30,
    gradientNorm: 1,
    "sensitivity/active": 0.5,
    seconds: 1,
  }));

/** The paired difference that the sample report must show. */
export const sampleDifference = compareSeries(
  sampleScores("OPPO", 62.7),
  sampleScores("GRPO", 31.3),
  { f1: 100 },
).f1!;
