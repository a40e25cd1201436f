/** Wall time of a finished `oppo demo`, stage by stage, as the run recorded it. */
import { existsSync } from "node:fs";
import { readTimings, total as whole } from "../../../src/cli/timings.ts";
import { duration } from "../../../src/core/duration.ts";
import { BenchError } from "../../../src/core/errors.ts";
import { readJson } from "../../../src/core/files.ts";
import { runLayout } from "../../../src/runs/layout.ts";
import type { Section } from "../context.ts";
import { markdownTable, shortNumber } from "../table.ts";

/** Seconds that the whole demo may take. */
const goalSec = 240;

/** @throws BenchError when the folder holds no finished run. */
export function demoTimes(folder: string): Section {
  const { timings: file, table, config } = runLayout(folder);
  const timings = readTimings(file);
  if (timings.length === 0 || !existsSync(table)) {
    throw new BenchError("DEMO_RUN", "no finished run with its timings", {
      file,
      hint: "run `npm run demo` first and name its folder, runs/demo",
    });
  }
  const { name, seed } = readJson<{ name: string; seed: number }>(config);
  const stages = timings.filter(({ step }) => step !== whole);
  const sum = stages.reduce((sum, { seconds }) => sum + seconds, 0);
  // what lies between the stages counts, too; a run that was killed has it of its last process
  // alone
  const total = Math.max(sum, timings.find(({ step }) => step === whole)?.seconds ?? 0);
  return {
    name: "demo",
    title: "The demo",
    markdown: [
      `Seconds of each stage of the run \`${name}\`, seed ${seed}, made before this benchmark; stages ` +
        "that a killed run repeated count twice.",
      markdownTable(
        ["stage", "seconds"],
        [
          ...stages.map(({ step, seconds }) => [step, shortNumber(seconds)]),
          ["together", shortNumber(total)],
        ],
      ),
    ].join("\n\n"),
    targets: [
      {
        goal: `the whole demo in at most ${goalSec / 60} min`,
        measured: duration(total),
        met: total <= goalSec,
      },
    ],
    data: timings,
  };
}
