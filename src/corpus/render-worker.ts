import { doJob } from "./job.ts";
import { serveJobs } from "./pool.ts";

serveJobs(doJob, ({ features }) =>
  features ? [features.video.buffer as ArrayBuffer, features.audio.buffer as ArrayBuffer] : [],
);
