import { pythonFixed } from "../../core/python-text.ts";
import { meanScores, type Tally, type TaskTally } from "./tally.ts";
import { type MmeTask, mmeTask } from "./tasks.ts";

const percent = (fraction: number): string => pythonFixed(100 * fraction, 1);

/** The official report of a task, or of `Overall`, byte for byte. */
export function officialText(
  task: MmeTask | "Overall",
  tally: TaskTally,
  alpha: number,
  model: string,
): string {
  const hasCategories = task !== "Overall" && mmeTask(task).parser === "strict";
  const steps = hasCategories ? "Avg Step" : "Avg Steps";
  const head = [
    `Model: ${model}`,
    `Alpha: ${pythonNumber(alpha)}`,
    "",
    "=== Overall Metrics ===",
    `Total Count: ${tally.total.count}`,
    ...scoreLines(tally.total, alpha, steps),
    "",
    "",
  ].join("\n");
  return hasCategories ? head + categoryTable(tally, alpha) : head;
}

function scoreLines(tally: Tally, alpha: number, stepsName: string): string[] {
  const scores = meanScores(tally, alpha);
  return [
    `Recognition Score: ${percent(scores.recognition)}`,
    `Reasoning Score: ${percent(scores.reasoning)}`,
    `CoT Score: ${percent(scores.cot)}`,
    `${stepsName}: ${pythonFixed(scores.steps, 1)}`,
  ];
}

function categoryTable({ categories }: TaskTally, alpha: number): string {
  const sorted = [...categories].sort(([a], [b]) => (a < b ? -1 : 1));
  const blocks = sorted.map(([name, tally]) => {
    const lines = scoreLines(tally, alpha, "Avg Step").map((line) => `  ${line}`);
    return [`Category: ${name}`, ...lines, "-".repeat(40), ""].join("\n");
  });
  return `=== Category Metrics ===\n${blocks.join("")}`;
}

/** `str()` of a float: whole numbers keep a ".0". */
const pythonNumber = (value: number): string =>
  Number.isInteger(value) ? value.toFixed(1) : String(value);
