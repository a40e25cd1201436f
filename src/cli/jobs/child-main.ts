import "../../core/globals.ts";
import { OppoError } from "../../core/errors.ts";
import { silent } from "../../core/progress.ts";
import { sendError } from "../../core/thread.ts";
import { type OpenedExecutor, openExecutor } from "../../policy/embedded/open-executor.ts";
import { type Clips, openClips } from "../stages/clips.ts";
import { openData } from "../stages/data.ts";
import { layoutOf, type Workspace } from "../workspace.ts";
import type { Job } from "./job.ts";
import type { Order, Report } from "./messages.ts";
import { performHere } from "./perform.ts";

/*
 * A process that does stages of somebody else's run. It writes into the folders of its systems and
 * reports everything else; its parent holds the run's lock and writes what belongs to the whole.
 */

// Ctrl-C reaches every process of the terminal: the parent says what becomes of its children.
process.on("SIGINT", () => {});
// A parent that is gone has lost its run: whoever takes it up must find nobody at work.
process.once("disconnect", () => process.exit(1));

const report = (message: Report): void => {
  // 'disconnect' follows where the parent has just gone
  if (process.connected) process.send!(message, () => {});
};

let workspace: Workspace | undefined;
let opened: Promise<Clips> | undefined;
let executor: { threads: number; kept: OpenedExecutor } | undefined;

process.on("message", async (order: Order) => {
  if ("experiment" in order) {
    const { experiment, runs } = order;
    workspace = {
      experiment,
      layout: layoutOf(experiment, runs),
      progress: (progress) => report({ progress }),
      notice: (notice, kind) => report({ notice, ...(kind && { kind }) }),
      took: (step, seconds) => report({ step, seconds }),
    };
    return;
  }
  try {
    await perform(workspace!, order);
    report({ done: true });
  } catch (error) {
    report(
      error instanceof OppoError
        ? { failed: sendError(error) }
        : { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    );
  }
});

async function perform(here: Workspace, { job, threads }: { job: Job; threads: number }) {
  opened ??= openStored(here);
  const clips = await opened;
  if (executor?.threads !== threads) {
    await executor?.kept.close();
    // programs stay open from one job to the next as long as somebody holds their executor
    const kept = await openExecutor({ ...here.experiment.executor, threads });
    executor = { threads, kept };
  }
  await performHere(here, clips, job, threads);
}

/** The clips as the parent has rendered, decoded and fitted them. */
async function openStored(here: Workspace): Promise<Clips> {
  const quiet = { ...here, progress: silent, took: () => {} };
  return openClips(quiet, await openData(quiet));
}
