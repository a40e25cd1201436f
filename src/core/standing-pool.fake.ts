import { OppoError } from "./errors.ts";
import { serveJobs } from "./work-pool.ts";

/** What the test worker does: answers, fails, hangs for good, or dies. */
export type FakeJob = { say: string } | { fail: string } | { spin: true } | { exit: number };

serveJobs(async (job: FakeJob): Promise<string> => {
  if ("say" in job) return job.say;
  if ("fail" in job) throw new OppoError("FAKE", job.fail);
  if ("exit" in job) process.exit(job.exit);
  for (;;);
});
