import { existsSync } from "node:fs";
import type { Experiment } from "../../config/schema.ts";
import { counted } from "../../core/counted.ts";
import { duration } from "../../core/duration.ts";
import { openExecutor } from "../../policy/embedded/open-executor.ts";
import { coldStart } from "../../runs/layout.ts";
import { withOpened } from "../opened.ts";
import { heading, say } from "../print.ts";
import { checkClips } from "../stages/checks.ts";
import { openClips } from "../stages/clips.ts";
import { type Data, openData, rowsOf, trainingRows } from "../stages/data.ts";
import { dataNotes } from "../stages/data-notes.ts";
import { runEvaluation } from "../stages/evaluate.ts";
import { inspectData } from "../stages/inspect.ts";
import { freezeBenchmark } from "../stages/items.ts";
import { runReport } from "../stages/report.ts";
import { runSft } from "../stages/sft.ts";
import { runTraining } from "../stages/train.ts";
import { readTimings, timed, total } from "../timings.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";

/**
 * A whole experiment: clips → what is in them → frozen items → cold start → every variant from it →
 * evaluation → report. Each stage is skipped when its result exists, so a killed run goes on where
 * it was.
 */
export async function runExperiment(experiment: Experiment, runs: string): Promise<void> {
  const workspace = openWorkspace(experiment, runs);
  // programs stay open from one stage to the next as long as somebody holds their executor
  await withOpened(async (keep) => {
    keep(await openExecutor(experiment.executor));
    await timed(workspace.layout.timings, total, () => runStages(workspace));
  });
  const { layout } = workspace;
  heading("What was done");
  for (const { step, seconds } of readTimings(layout.timings))
    say(`  ${step}: ${duration(seconds)}`);
  const { source } = experiment.data;
  const items = [layout.items, layout.referenceItems].filter(existsSync).join(", ");
  say(
    `\nreport   ${layout.report}\ntable    ${layout.table}\n${
      source === "synthetic" ? `clips    ${layout.corpus}\n` : ""
    }items    ${items}`,
  );
}

async function runStages(workspace: Workspace): Promise<void> {
  const { experiment, layout } = workspace;
  const variants = Object.keys(experiment.variants);
  const synthetic = experiment.data.source === "synthetic";
  say(`run folder ${layout.root}`);

  heading(synthetic ? "1  Corpus: synthetic clips with known truth" : "1  Clips");
  const data = await openData(workspace);
  checkClips(workspace, data);
  await inspectData(workspace);
  const frozen = await freezeBenchmark(workspace, data);
  say(`  ${counted(data.rows.length, "clip")}${sizes(workspace, data)}`);
  for (const [track, hash] of Object.entries(frozen)) {
    say(`  MEP-Bench items (${track}) frozen before training, sha256 ${hash.slice(0, 12)}`);
  }
  const clips = await openClips(workspace, data);
  if (!synthetic) for (const note of [...dataNotes(clips), ...clips.featureNotes]) say(`  ${note}`);

  heading("2  Cold start: supervised on partial reasoning");
  await runSft(workspace, clips);

  for (const [index, name] of variants.entries()) {
    heading(`${index + 3}  Train ${name}: ${experiment.variants[name]!.description}`);
    await runTraining(workspace, clips, name);
  }

  heading(`${variants.length + 3}  Evaluate on held-out clips`);
  const measured = [];
  for (const system of [coldStart, ...variants]) {
    measured.push(await runEvaluation(workspace, clips, system));
  }
  const table = await runReport(workspace, clips, measured);
  process.stdout.write(`\n${table}\n`);
}

/** How the training clips are divided, for sets so small that every clip counts. */
function sizes(workspace: Workspace, data: Data): string {
  const [shown, kept] = [
    trainingRows(workspace, data, "sft").length,
    trainingRows(workspace, data, "rl").length,
  ];
  const held = rowsOf(data, workspace.experiment.bench.items.split).length;
  return `: ${shown} for the cold start, ${kept} for reinforcement learning, ${held} held out`;
}
