import type { Experiment } from "../../config/schema.ts";
import type { Progress } from "../../core/progress.ts";
import type { SentError } from "../../core/thread.ts";
import type { NoticeKind } from "../../runs/notices.ts";
import type { Job } from "./job.ts";

/** What a child is told: first the experiment it belongs to, then one job after another. */
export type Order = { experiment: Experiment; runs: string } | { job: Job; threads: number };

/** What it says. The last of a job is `done` or `failed`. */
export type Report =
  | { progress: Progress }
  | { notice: string; kind?: NoticeKind }
  | { step: string; seconds: number }
  | { done: true }
  | { failed: SentError }
  /** A fault of ours, with its stack. */
  | { fault: string };
