import { serveJobs } from "../../core/work-pool.ts";
import { writeEqual } from "./job.ts";

serveJobs(writeEqual);
