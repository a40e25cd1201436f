import { serveJobs } from "../../core/work-pool.ts";
import { type ParseJob, parseHere } from "./job.ts";

serveJobs((job: ParseJob) => Promise.resolve(parseHere(job)));
