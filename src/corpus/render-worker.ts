import { serveJobs } from "../core/work-pool.ts";
import { buffersOf } from "../data/features/decode.ts";
import { render } from "./job.ts";

serveJobs(render, ({ features }) => (features ? buffersOf(features) : []));
