import { serveJobs } from "../../core/work-pool.ts";
import { buffersOf, decodeStreams } from "./decode.ts";

serveJobs(decodeStreams, buffersOf);
