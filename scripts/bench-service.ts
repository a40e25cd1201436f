/**
 * How fast `oppo serve` scores: trajectories per second and latency, by embeddings and by a judge
 * that takes 300 ms a call. Service and clients are processes of their own; the judge is a fake
 * that only waits. Run on an idle machine: `npm run bench:service -- --seconds 10`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openServiceClient } from "../src/client/client.ts";
import { quantile } from "../src/core/stats.ts";
import { corpusOptions } from "../src/corpus/options.ts";
import { planCorpus } from "../src/corpus/plan.ts";

const judgeMs = 300;
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, port: { type: "string", default: "0" } },
});
const seconds = Number(values.seconds);

interface Trajectory {
  clip_id: string;
  response: string;
  reference: string;
}

/** Numbers every fresh phrase of all loads: a repeated one would be found in a cache. */
let phrase = 0;

/**
 * Endless trajectories; with `fresh` every claim is a phrase that the service has never embedded.
 */
function* trajectories(fresh: boolean): Generator<Trajectory> {
  const clips = { train: 400, validation: 0, test: 0 };
  const rows = planCorpus(corpusOptions.parse({ clips }));
  for (let round = 0; ; round++) {
    for (const { id, reference, coldStart } of rows) {
      const text = coldStart[round % coldStart.length]!;
      const response = fresh
        ? text.replace(/([a-z]{3,})([,.])/g, (_all, last, mark) => `${last} ${phrase++}${mark}`)
        : text.replace("</think>", ` Take ${id} ${round}.</think>`);
      yield { clip_id: id, response, reference };
    }
  }
}

interface Load {
  name: string;
  clients: number;
  batch: number;
  fresh: boolean;
}

const loads: Load[] = [
  { name: "GRPO step", clients: 1, batch: 64, fresh: true },
  { name: "8 trainers", clients: 8, batch: 64, fresh: true },
  { name: "single responses", clients: 64, batch: 1, fresh: true },
  { name: "phrases seen before", clients: 8, batch: 64, fresh: false },
];

async function measure(url: string, pid: number, { clients, batch, fresh }: Load) {
  const source = trajectories(fresh);
  const client = openServiceClient({ url });
  const latencies: number[] = [];
  let scored = 0;
  const cpu = cpuSeconds(pid);
  const started = performance.now();
  const end = started + seconds * 1000;
  async function work(): Promise<void> {
    while (performance.now() < end) {
      const items = Array.from({ length: batch }, (_, i) => ({
        id: String(i),
        ...(source.next().value as Trajectory),
      }));
      const asked = performance.now();
      await client.rewards(items);
      latencies.push(performance.now() - asked);
      scored += batch;
    }
  }
  await Promise.all(Array.from({ length: clients }, work));
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  const cpuMs = (1000 * (cpuSeconds(pid) - cpu)) / scored;
  return {
    scored,
    cpuMs,
    rate: scored / elapsed,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/**
 * CPU seconds that a process has used: what other work on the machine does not change. Linux only.
 */
function cpuSeconds(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return Number.NaN;
  const fields = readFileSync(file, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function withService<T>(
  settings: string[],
  work: (url: string, pid: number) => Promise<T>,
): Promise<T> {
  const set = settings.flatMap((setting) => ["--set", setting]);
  const state = mkdtempSync(join(tmpdir(), "oppo-bench-"));
  const args = ["bin/oppo.mjs", "serve", "--port", values.port, "--state", state];
  const child: ChildProcess = spawn(process.execPath, [...args, ...set], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = await new Promise<string>((found, failed) => {
    child.stdout!.once("data", (chunk) => found(String(chunk).trim()));
    child.once("exit", () => failed(new Error("the service did not start")));
  });
  try {
    return await work(url, child.pid!);
  } finally {
    child.kill("SIGTERM");
    rmSync(state, { recursive: true, force: true });
  }
}

/** A judge that recovers nothing, after `judgeMs`. */
async function fakeJudge(): Promise<{ url: string; calls(): number; close(): void }> {
  let calls = 0;
  const message = { role: "assistant", content: '{"pairs":[]}' };
  const body = JSON.stringify({ choices: [{ index: 0, message, finish_reason: "stop" }] });
  const server = createServer((request, reply) => {
    calls++;
    request.resume();
    setTimeout(() => reply.setHeader("Content-Type", "application/json").end(body), judgeMs);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  return { url, calls: () => calls, close: () => server.close().closeAllConnections() };
}

const row = (...cells: (string | number)[]) =>
  console.log(
    `| ${cells.map((cell) => (typeof cell === "number" ? String(Math.round(cell)) : cell)).join(" | ")} |`,
  );

console.log(
  `${cpus()[0]?.model}, ${availableParallelism()} cores, load ${loadavg()[0]!.toFixed(1)}, Node ${process.version}\n`,
);
row("scored by", "load", "clients × items", "trajectories/s", "p50 ms", "p99 ms", "CPU ms each");
row("---", "---", "---", "---:", "---:", "---:", "---:");
await withService([], async (url, pid) => {
  for (const load of loads) {
    const { rate, p50, p99, cpuMs } = await measure(url, pid, load);
    row(
      "embeddings",
      load.name,
      `${load.clients} × ${load.batch}`,
      rate,
      p50,
      p99,
      cpuMs.toFixed(1),
    );
  }
});
for (const concurrency of [8, 64]) {
  const judge = await fakeJudge();
  const settings = [
    `judge={kind: model, baseUrl: "${judge.url}", model: fake, concurrency: ${concurrency}}`,
  ];
  await withService(settings, async (url, pid) => {
    const { name, clients, batch } = loads[1]!;
    const { scored, rate, p50, p99, cpuMs } = await measure(url, pid, loads[1]!);
    const perTrajectory = judge.calls() / scored;
    row(
      `judge, ${concurrency} at once`,
      name,
      `${clients} × ${batch}`,
      rate,
      p50,
      p99,
      cpuMs.toFixed(1),
    );
    console.error(`${perTrajectory.toFixed(2)} judge calls a trajectory`);
  });
  judge.close();
}
