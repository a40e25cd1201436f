import { serveJobs } from "../../../core/work-pool.ts";
import { doLookJob } from "./job.ts";

serveJobs(doLookJob);
