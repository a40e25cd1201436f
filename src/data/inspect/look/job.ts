import { OppoError } from "../../../core/errors.ts";
import type { JobKind } from "../../../core/work-pool.ts";
import { fileHash } from "../../features/content.ts";
import type { FileFacts } from "./facts.ts";
import { lookAtFile } from "./look.ts";

/**
 * Work on one file that a thread can do: take its hash, or look at it. `file` is an absolute path.
 */
export type LookJob =
  | { kind: "hash"; file: string }
  | { kind: "look"; file: string; sha256: string; shots: string | null };

export type LookResult =
  | { kind: "hash"; file: string; sha256: string | null }
  | { kind: "look"; sha256: string; facts: FileFacts };

/** @throws OppoError `LOOK_FAILED` naming the file, for what is no fault of the file. */
export async function doLookJob(job: LookJob): Promise<LookResult> {
  try {
    if (job.kind === "look") {
      return { kind: "look", sha256: job.sha256, facts: await lookAtFile(job.file, job.shots) };
    }
    return { kind: "hash", file: job.file, sha256: readable(job.file) };
  } catch (cause) {
    if (cause instanceof OppoError) throw cause;
    throw new OppoError("LOOK_FAILED", String(cause), { file: job.file, cause });
  }
}

/** Null for a file that isn't there, is a folder or may not be read: looking at it says which. */
function readable(file: string): string | null {
  try {
    return fileHash(file) || null;
  } catch {
    return null;
  }
}

export const lookJobs: JobKind<LookJob, LookResult> = {
  worker: new URL("./worker.ts", import.meta.url),
  perform: doLookJob,
};
