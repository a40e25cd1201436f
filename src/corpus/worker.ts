import { parentPort } from "node:worker_threads";
import { OppoError } from "../core/errors.ts";
import { type ClipJob, doJob } from "./job.ts";
import type { Reply } from "./pool.ts";

/** A worker thread: one clip job at a time, each answered by one reply. */
parentPort?.on("message", async (job: ClipJob) => {
  const reply = await answer(job);
  const features = "result" in reply ? reply.result.features : null;
  const moved = features ? [features.video.buffer, features.audio.buffer] : [];
  parentPort?.postMessage(reply, moved as ArrayBuffer[]);
});

async function answer(job: ClipJob): Promise<Reply> {
  try {
    return { result: await doJob(job) };
  } catch (error) {
    if (error instanceof OppoError) {
      const { cause: _unclonable, ...details } = error.details;
      return { error: { code: error.code, message: error.message, details } };
    }
    return { error: { code: "CLIP_JOB", message: `${job.file}: ${String(error)}`, details: {} } };
  }
}
