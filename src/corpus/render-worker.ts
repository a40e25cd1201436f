import { serveJobs } from "../core/work-pool.ts";
import { doJob } from "./job.ts";

serveJobs(doJob, ({ features }) =>
  features ? [features.video.buffer as ArrayBuffer, features.audio.buffer as ArrayBuffer] : [],
);
