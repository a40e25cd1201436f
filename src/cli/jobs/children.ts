import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RunError } from "../../core/errors.ts";
import { receiveError } from "../../core/thread.ts";
import type { Workspace } from "../workspace.ts";
import type { Board } from "./board.ts";
import type { Job } from "./job.ts";
import type { Order, Report } from "./messages.ts";

/** Processes that do jobs of one run. */
export interface Children {
  /** Does a job in a process of its own. @throws the job's error, or RunError `STAGE_ENDED`. */
  perform(job: Job, threads: number): Promise<void>;
  /** Ends them at once, whatever they do; their last checkpoints stand. */
  stop(): Promise<void>;
}

const entry = fileURLToPath(new URL("./child-main.ts", import.meta.url));

/**
 * Children of this process, started when they are needed and used again. What they report of
 * progress goes to the board; notices and times go to the workspace, which writes them down.
 */
export function startChildren(workspace: Workspace, runs: string, board: Board): Children {
  const all = new Set<ChildProcess>();
  const idle: ChildProcess[] = [];
  const said = new Set<string>();
  let stopped = false;
  // Each process would say once what one process says once.
  const notice: Workspace["notice"] = (text, kind) => {
    if (said.has(text)) return;
    said.add(text);
    workspace.notice(text, kind);
  };
  return {
    async perform(job, threads) {
      const child = idle.pop() ?? startChild(all, { experiment: workspace.experiment, runs });
      const told = { ...workspace, notice, progress: board.of(job.id) };
      try {
        await ended(child, { job, threads }, told);
      } catch (error) {
        // it was not the stage that failed: whoever stopped it ends what waits here
        if (stopped) await new Promise(() => {});
        throw error;
      }
      if (all.has(child)) idle.push(child);
    },
    async stop() {
      stopped = true;
      await Promise.all([...all].map(kill));
    },
  };
}

function startChild(all: Set<ChildProcess>, begin: Order): ChildProcess {
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  // What a child prints besides its reports (a native library's last words) is no result.
  const child = fork(entry, { execArgv: ["--import", tsx], stdio: ["ignore", 2, 2, "ipc"] });
  all.add(child);
  child.once("exit", () => all.delete(child));
  child.send(begin);
  return child;
}

function ended(child: ChildProcess, order: Order & { job: Job }, told: Workspace): Promise<void> {
  const { job } = order;
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      child.off("message", hear).off("exit", gone).off("error", reject);
      finish();
    };
    const hear = (report: Report): void => {
      if ("progress" in report) told.progress(report.progress);
      else if ("notice" in report) told.notice(report.notice, report.kind);
      else if ("step" in report) told.took(report.step, report.seconds);
      else if ("done" in report) settle(resolve);
      else if ("failed" in report) settle(() => reject(receiveError(report.failed)));
      else settle(() => reject(new Error(`in the process of '${job.id}':\n${report.fault}`)));
    };
    const gone = (code: number | null, signal: string | null): void =>
      settle(() =>
        reject(
          new RunError("STAGE_ENDED", `the process of '${job.id}' was ended (${signal ?? code})`, {
            hint: "the same command goes on where it was; with too little memory, --jobs 1 needs least",
          }),
        ),
      );
    child.on("message", hear).on("exit", gone).on("error", reject);
    child.send(order, (error) => error && child.emit("error", error));
  });
}

/** As a power cut would: a run goes on from its checkpoints after either. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGKILL");
  await exit;
}
