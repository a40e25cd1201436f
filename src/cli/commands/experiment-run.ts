import { existsSync } from "node:fs";
import type { Experiment } from "../../config/schema.ts";
import { counted } from "../../core/counted.ts";
import { duration } from "../../core/duration.ts";
import { openExecutor } from "../../policy/embedded/open-executor.ts";
import { weightsOf } from "../../runs/stopped.ts";
import { faultText } from "../fault.ts";
import { endFirst } from "../interrupt.ts";
import { progressBoard } from "../jobs/board.ts";
import { startChildren } from "../jobs/children.ts";
import { type Job, jobsOf } from "../jobs/job.ts";
import { performHere } from "../jobs/perform.ts";
import { type Failure, type Seats, schedule } from "../jobs/schedule.ts";
import { seatsFor } from "../jobs/seats.ts";
import { withOpened } from "../opened.ts";
import { heading, say } from "../print.ts";
import { checkClips } from "../stages/checks.ts";
import { type Clips, openClips } from "../stages/clips.ts";
import { type Data, openData, rowsOf, trainingRows } from "../stages/data.ts";
import { dataNotes } from "../stages/data-notes.ts";
import { measuredBefore } from "../stages/evaluate.ts";
import { inspectData } from "../stages/inspect.ts";
import { freezeBenchmark } from "../stages/items.ts";
import { runReport } from "../stages/report.ts";
import { describeSystem, systemsOf } from "../stages/systems.ts";
import { readTimings, timed, total } from "../timings.ts";
import { openWorkspace, type Workspace } from "../workspace.ts";

export interface ExperimentControls {
  /** Where run folders lie. */
  runs: string;
  /** Stages at a time; default: as many as cores and memory allow. 1: all in this process. */
  jobs?: number | undefined;
}

/**
 * A whole experiment: clips → what is in them → frozen items → cold start, ceiling and every
 * variant, each trained and measured as soon as what it rests on is there → report. Stages that
 * don't rest on one another run side by side, to the same bytes as one after another. Each is
 * skipped when its result exists, so a killed run goes on where it was.
 * @throws the first stage's error, after those that do not rest on it have ended and the report of
 *   what there is was written.
 */
export async function runExperiment(
  experiment: Experiment,
  controls: ExperimentControls,
): Promise<void> {
  const workspace = openWorkspace(experiment, controls.runs);
  const { layout } = workspace;
  const failures = await timed(workspace.took, total, () => runStages(workspace, controls));
  heading("What was done");
  for (const { step, seconds } of readTimings(layout.timings))
    say(`  ${step}: ${duration(seconds)}`);
  const { source } = experiment.data;
  const items = [layout.items, layout.referenceItems].filter(existsSync).join(", ");
  const shown = Object.entries({ report: layout.report, table: layout.table }).filter(([, file]) =>
    existsSync(file),
  );
  say(
    `\n${shown.map(([name, file]) => `${name.padEnd(8)} ${file}\n`).join("")}${
      source === "synthetic" ? `clips    ${layout.corpus}\n` : ""
    }items    ${items}`,
  );
  if (failures.length > 0) throw failures[0]!.error;
}

async function runStages(workspace: Workspace, controls: ExperimentControls): Promise<Failure[]> {
  const { experiment, layout } = workspace;
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

  const jobs = jobsOf(experiment);
  const missing = jobs.filter((job) => !isFinished(workspace, clips, job));
  const seats = seatsFor(experiment.executor, controls.jobs);
  const atOnce = Math.min(seats.jobs, missing.length);
  heading(`2  Train and measure${atOnce > 1 ? `, ${atOnce} stages at a time` : ""}`);
  for (const system of systemsOf(experiment)) {
    say(`  ${system}: ${describeSystem(experiment, system)}`);
  }
  say();
  const before = jobs.filter((job) => !missing.includes(job)).map(({ id }) => id);
  if (before.length > 0) say(`  finished before: ${before.join(", ")}`);
  const failures = await (atOnce > 1
    ? sideBySide(workspace, missing, seats, controls.runs)
    : oneByOne(workspace, clips, missing));

  const measured = systemsOf(experiment).flatMap(
    (system) => measuredBefore(workspace, clips, system) ?? [],
  );
  if (measured.length > 0) {
    const stopped = failures.map(({ job, error }) => `${job.id} was stopped: ${reason(error)}`);
    const table = await runReport(workspace, clips, measured, stopped);
    process.stdout.write(`\n${table}\n`);
  }
  return failures;
}

function isFinished(workspace: Workspace, clips: Clips, { kind, system }: Job): boolean {
  if (!weightsOf(workspace.layout.system(system))) return false;
  return kind === "train" || measuredBefore(workspace, clips, system) !== undefined;
}

/** In this process, which keeps programs open from one stage to the next. */
function oneByOne(workspace: Workspace, clips: Clips, jobs: readonly Job[]): Promise<Failure[]> {
  return withOpened(async (keep) => {
    if (jobs.length > 0) keep(await openExecutor(workspace.experiment.executor));
    const seats = seatsFor(workspace.experiment.executor, 1);
    const perform = (job: Job, threads: number) => performHere(workspace, clips, job, threads);
    return schedule(jobs, seats, perform, tell);
  });
}

/** Each in a process of its own: engines keep one set of programs and threads a process. */
async function sideBySide(
  workspace: Workspace,
  jobs: readonly Job[],
  seats: Seats,
  runs: string,
): Promise<Failure[]> {
  const board = progressBoard();
  const children = startChildren(workspace, runs, board);
  const release = endFirst(children.stop);
  const perform = (job: Job, threads: number) =>
    children.perform(job, threads).finally(() => board.ended(job.id));
  try {
    return await schedule(jobs, seats, perform, tell);
  } finally {
    await children.stop();
    release();
  }
}

/** A failure is said when it happens, although others go on. */
const tell = ({ job, error }: Failure): void => say(`  ✗ ${job.id}: ${reason(error)}`);

const reason = (error: unknown): string =>
  faultText(error) ?? (error instanceof Error ? error.message : String(error));

/** How the training clips are divided, for sets so small that every clip counts. */
function sizes(workspace: Workspace, data: Data): string {
  const [shown, kept] = [
    trainingRows(workspace, data, "sft").length,
    trainingRows(workspace, data, "rl").length,
  ];
  const held = rowsOf(data, workspace.experiment.bench.items.split).length;
  return `: ${shown} for the cold start, ${kept} for reinforcement learning, ${held} held out`;
}
