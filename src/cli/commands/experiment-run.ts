import type { Experiment } from "../../config/schema.ts";
import { duration } from "../../core/duration.ts";
import { openExecutor } from "../../policy/embedded/open-executor.ts";
import { withOpened } from "../opened.ts";
import { heading, say } from "../print.ts";
import { makeCorpus, openClips } from "../stages/clips.ts";
import { freezeBenchmark, runEvaluation } from "../stages/evaluate.ts";
import { coldStart } from "../stages/policy.ts";
import { runReport } from "../stages/report.ts";
import { runSft } from "../stages/sft.ts";
import { runTraining } from "../stages/train.ts";
import { readTimings, timed, total } from "../timings.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";

/**
 * A whole experiment: corpus → frozen items → cold start → every variant from it → evaluation → report.
 * Each stage is skipped when its result exists, so a killed run goes on where it was.
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
  say(
    `\nreport   ${layout.report}\ntable    ${layout.table}\nclips    ${layout.corpus}\nitems    ${layout.items}`,
  );
}

async function runStages(workspace: Workspace): Promise<void> {
  const { experiment, layout } = workspace;
  const variants = Object.keys(experiment.variants);
  say(`run folder ${layout.root}`);

  heading("1  Corpus: synthetic clips with known truth");
  await makeCorpus(workspace);
  const clips = await openClips(workspace);
  const hash = freezeBenchmark(workspace, clips);
  say(
    `  ${clips.rows.length} clips; MEP-Bench items frozen before training, sha256 ${hash.slice(0, 12)}`,
  );

  heading("2  Cold start: supervised on partial, noisy reasoning");
  await runSft(workspace, clips);

  for (const [index, name] of variants.entries()) {
    heading(`${index + 3}  Train ${name}: ${experiment.variants[name]!.description}`);
    await runTraining(workspace, clips, name);
  }

  heading(`${variants.length + 3}  Evaluate on held-out clips`);
  const results = [];
  for (const system of [coldStart, ...variants]) {
    results.push(await runEvaluation(workspace, clips, system));
  }
  const table = runReport(workspace, clips, results);
  process.stdout.write(`\n${table}\n`);
}
