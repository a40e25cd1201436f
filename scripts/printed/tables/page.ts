import type { Measured } from "../result.ts";
import { answers } from "./answers.ts";
import { trained } from "./cell.ts";
import { hackTable } from "./hacks.ts";
import { courseTable, gapTable, likelihoodTable, maskedTable, seedTable } from "./passes.ts";
import { byDelta, reachTable, stretchTable } from "./reach.ts";

/** All tables as Markdown, and what the rules say to them. */
export function page(measured: Measured): string {
  return [
    ...stoppedNote(measured),
    "### Reach of the selector",
    reachTable(measured),
    byDelta(measured),
    stretchTable(measured),
    ...(trained(measured).length > 0 ? passTables(measured) : []),
    "### Hacks of the reward",
    hackTable(measured),
    "### What the rules say",
    answers(measured).join("\n"),
  ].join("\n\n");
}

const passTables = (measured: Measured): string[] => [
  "### What the loss does to each pass",
  maskedTable(measured),
  ...(measured.runs.length > 1 ? [seedTable(measured)] : []),
  likelihoodTable(measured),
  gapTable(measured),
  courseTable(measured),
];

function stoppedNote({ runs }: Measured): string[] {
  const stops = runs.flatMap(({ seed, stopped, course }) =>
    Object.entries(stopped).map(
      ([system, step]) =>
        `seed ${seed}: ${system} was stopped after step ${course[system]!.steps}, weights of step ${step}`,
    ),
  );
  return stops.length === 0 ? [] : [`Stopped by a guard: ${stops.join("; ")}.`];
}
