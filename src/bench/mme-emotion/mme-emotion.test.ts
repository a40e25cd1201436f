import { describe, expect, it } from "vitest";
import { recomputeTask } from "./recompute.ts";
import { type MmeInput, scoreMmeEmotion } from "./score.ts";
import { parseSteps, sampleScore } from "./score-string.ts";
import { type MmeTask, mmeTask, mmeTasks } from "./tasks.ts";

describe("parseSteps", () => {
  it.each([
    ["<score>Step 1: 1/1, Step 2: 0/1</score>", [1, 0], [1, 0]],
    ["<score>Step 1:1/1, Step 2:  0/1</score>", [], [1, 0]],
    ["<score>Step 1: 1/1, Step 2: 2/3</score>", [1], [1, 2 / 3]],
    ["<score>Step 1: 1/10, 2: 2/1</score>", [1, 2], [0.1, 2]],
    ["<score>Step 1: 3/0</score>", [], [0]],
    ["<score>Step 1: 3/2</score>", [], [1.5]],
    ["<score></score>", [], []],
    ["<score>\n</score><score>1: 1/1</score>", [1], [1]],
    ["<score>Step 1: １/1 2:\u00a0٣/٤</score>", [1], [1, 0.75]],
    ["<score>Step 1\uFEFF:\uFEFF1/1</score>", [], []],
    ["<score>1: 1/1</score><score>2: 0/1</score>", [1], [1]],
    ["<score>\nStep 1: 1/1</score>", null, null],
    ["<SCORE>Step 1: 1/1</SCORE>", null, null],
    ["Step 1: 1/1", null, null],
    [null, null, null],
  ])("reads %j", (reply, strict, fraction) => {
    expect(parseSteps(reply, "strict")).toEqual(strict);
    expect(parseSteps(reply, "fraction")).toEqual(fraction);
  });

  it("takes the last step for recognition and has no reasoning for a single one", () => {
    expect(sampleScore([1, 0, 0.5])).toEqual({ recognition: 0.5, reasoning: 0.5, steps: 3 });
    expect(sampleScore([1])).toEqual({ recognition: 1, reasoning: 0, steps: 1 });
    expect(sampleScore([])).toEqual({ recognition: 0, reasoning: 0, steps: 0 });
  });
});

const answer = (groundTruth: string, ...steps: string[]) => ({
  groundTruth,
  reply: `<score>${steps.map((step, i) => `Step ${i + 1}: ${step}`).join(", ")}</score>`,
});

describe("scoreMmeEmotion", () => {
  const input: MmeInput = {
    model: "M",
    tasks: [
      {
        task: "ER-Wild",
        answers: [
          answer("happy", "1/1", "1/1"),
          answer("happiness", "0/1", "0/1"),
          answer("angry", "1/1", "1/1", "1/1", "1/1"),
          { groundTruth: "sad", reply: null },
          { groundTruth: "sad", reply: "the model refused" },
        ],
      },
      { task: "ML-ER", answers: [answer("fear,sadness", "1/1", "1/2")] },
    ],
  };

  it("averages over samples and over tasks", () => {
    const { tasks, micro, macro } = scoreMmeEmotion(input);
    expect(tasks[0]!.scores).toMatchObject({ recognition: 2 / 3, reasoning: 2 / 3, count: 3 });
    expect(tasks[1]!.scores).toMatchObject({ recognition: 0.5, reasoning: 1, cot: 0.75 });
    expect(micro).toMatchObject({
      recognition: 2.5 / 4,
      reasoning: 3 / 4,
      steps: 10 / 4,
      count: 4,
    });
    expect(macro.recognition).toBeCloseTo((2 / 3 + 1 / 2) / 2, 15);
    expect(macro.count).toBe(4);
  });

  it("leaves a task of which nothing was judged out of macro, and says so", () => {
    const silent = { task: "SA", answers: [{ groundTruth: "positive", reply: null }] } as const;
    const { macro, notes } = scoreMmeEmotion({ ...input, tasks: [...input.tasks, silent] });
    expect(macro).toEqual(scoreMmeEmotion(input).macro);
    expect(notes.join()).toMatch(/SA: no answer was judged/);
    expect(scoreMmeEmotion({ tasks: [silent] }).macro).toMatchObject({ cot: 0, count: 0 });
  });

  it("merges ER-Wild's label names and says what it left out", () => {
    const { tasks, notes } = scoreMmeEmotion(input);
    expect(Object.keys(tasks[0]!.categories)).toEqual(["happiness", "anger"]);
    expect(tasks[0]!.skipped).toEqual({ noReply: 1, unreadable: 1 });
    expect(notes.join()).toMatch(/1 answers without judgement and 1 with an unreadable one/);
    expect(notes.join()).toMatch(/Not all eight tasks/);
  });

  it("merges label names before it adds: the order of additions shows in the last bit", () => {
    const answers = [
      answer("happiness", "1/1", "1/1", "0/1", "1/1"),
      answer("happy", "1/1", "0/1", "1/1"),
      answer("happiness", "0/1", "1/1", "1/1", "1/1"),
    ];
    const { categories } = recomputeTask("ER-Wild", answers, 0.5, "M").expected_stats as {
      categories: Record<string, { reason: number }>;
    };
    expect(categories.happiness!.reason).toBe(2 / 3 + 1 / 2 + 2 / 3);
    // Counted apart and then added, as it was: one bit more.
    expect(2 / 3 + 2 / 3 + 1 / 2).not.toBe(2 / 3 + 1 / 2 + 2 / 3);
  });

  it("rounds exact ties to even in the texts", () => {
    // One step of sixteen is right in all: 6.25 %.
    const answers = Array.from({ length: 16 }, (_, i) => answer("joy", i === 0 ? "1/1" : "0/1"));
    const { tasks } = scoreMmeEmotion({ tasks: [{ task: "SA", answers }] });
    expect(tasks[0]!.text).toMatch(/Recognition Score: 6\.2\n/);
  });

  it("writes the official texts", () => {
    const { tasks, overallText } = scoreMmeEmotion({ ...input, alpha: 0.25 });
    expect(tasks[0]!.text).toBe(
      [
        "Model: M",
        "Alpha: 0.25",
        "",
        "=== Overall Metrics ===",
        "Total Count: 3",
        "Recognition Score: 66.7",
        "Reasoning Score: 66.7",
        "CoT Score: 66.7",
        "Avg Step: 2.7",
        "",
        "=== Category Metrics ===",
        "Category: anger",
        "  Recognition Score: 100.0",
        "  Reasoning Score: 100.0",
        "  CoT Score: 100.0",
        "  Avg Step: 4.0",
        "----------------------------------------",
        "Category: happiness",
        "  Recognition Score: 50.0",
        "  Reasoning Score: 50.0",
        "  CoT Score: 50.0",
        "  Avg Step: 2.0",
        "----------------------------------------",
        "",
      ].join("\n"),
    );
    expect(tasks[1]!.text).toMatch(/CoT Score: 87\.5\nAvg Steps: 2\.0\n\n$/);
    expect(overallText).toMatch(/Total Count: 4\nRecognition Score: 62\.5\n/);
  });

  it("reads every task by the fraction parser for the micro mean, as the official Overall does", () => {
    const { tasks, micro } = scoreMmeEmotion({
      tasks: [{ task: "SA", answers: [answer("positive", "1/1", "2/4")] }],
    });
    expect(tasks[0]!.scores.recognition).toBe(1);
    expect(micro.recognition).toBe(0.5);
  });

  it("is all 0 where nothing could be read", () => {
    const { micro, overallText } = scoreMmeEmotion({
      tasks: [{ task: "IR", answers: [{ groundTruth: "x", reply: null }] }],
    });
    expect(micro).toEqual({ recognition: 0, reasoning: 0, cot: 0, steps: 0, count: 0 });
    expect(overallText).toMatch(/Total Count: 0\nRecognition Score: 0\.0/);
  });

  it("refuses no task, a task twice, alpha out of range", () => {
    const code = (given: MmeInput) => {
      try {
        return scoreMmeEmotion(given);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const task = { task: "SA" as MmeTask, answers: [] };
    expect(code({ tasks: [] })).toBe("TASKS_EMPTY");
    expect(code({ tasks: [task, task] })).toBe("TASK_TWICE");
    expect(code({ tasks: [task], alpha: 2 })).toBe("ALPHA_RANGE");
  });
});

describe("the leaderboard", () => {
  it("is micro: published task scores weighted by task sizes give the published totals", () => {
    // Recognition by task and in all, as published: Gemini-2.5-Pro.
    const published = [22.6, 36.7, 57.6, 38.6, 50.6, 48.2, 16.6, 28.1];
    const total = mmeTasks.reduce((sum, { n }) => sum + n, 0);
    const micro = mmeTasks.reduce((sum, { n }, i) => sum + n * published[i]!, 0) / total;
    expect(total).toBe(6500);
    expect(micro.toFixed(1)).toBe("39.3");
    expect(mmeTask("ML-ER").parser).toBe("fraction");
  });
});
