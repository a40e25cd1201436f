/**
 * A model server for trying `oppo bench` offline: answers follow from the request's content, and a
 * share of requests fails first. Run:
 * npx tsx scripts/fake-endpoint.ts [--port 8000] [--faults 0.2] [--latency-ms 50]
 */
import { parseArgs } from "node:util";
import { seededFaults, startFakeServer } from "../src/endpoint/fake-server.fake.ts";
import { fakeAnswer } from "../test/fakes/answers.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "8000" },
    faults: { type: "string", default: "0" },
    "latency-ms": { type: "string", default: "0" },
  },
});
const server = await startFakeServer({
  answer: fakeAnswer,
  fault: seededFaults("fake-endpoint", Number(values.faults)),
  latencyMs: Number(values["latency-ms"]),
  port: Number(values.port),
});
process.stdout.write(`${server.baseUrl}\n`);
