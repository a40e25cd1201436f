import { parentPort } from "node:worker_threads";
import { MediaError, OppoError } from "../core/errors.ts";
import { sendError } from "../core/thread.ts";
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
    const known = error instanceof OppoError;
    return {
      error: sendError(
        known ? error : new MediaError("CLIP_JOB", String(error), { file: job.file }),
      ),
    };
  }
}
