import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { quickConfig, readExperiment } from "../../src/cli/commands/experiment.ts";
import { runExperiment } from "../../src/cli/commands/experiment-run.ts";
import { sha256 } from "../../src/core/files.ts";
import { runLayout } from "../../src/runs/layout.ts";
import { readMetrics } from "../../src/runs/record.ts";

const program = resolve(import.meta.dirname, "../../bin/oppo.mjs");
/** The quick demo, so much smaller that it teaches nothing: the way is tested, not the numbers. */
const small = [
  ...["corpus.clips.train=64", "corpus.clips.test=8", "policy.width=32", "policy.layers=1"],
  ...["executor.name=onnx", "sft.epochs=15", "sft.batch=16", "sft.warmupSteps=5"],
  ...["rl.steps=3", "rl.prompts=3", "rl.group=4", "variants.oppo-paper.rl.prompts=3"],
  ...["rl.checkpointEvery=1", "rl.guards.canaryEffect=1e-9", "rl.guards.zeroGradientSteps=9"],
  ...["rl.guards.constantRewardSteps=9", "rl.guards.collapseShare=0"],
  ...["bench.evaluation.bootstrapDraws=100", "bench.evaluation.recordClips=2"],
];
const systems = ["cold-start", "grpo", "oppo-paper", "oppo-swap", "ceiling"];

let runs: string;
beforeAll(() => {
  runs = mkdtempSync(join(tmpdir(), "oppo-side-by-side-"));
});
afterAll(() => rmSync(runs, { recursive: true, force: true }));

const layoutOf = (name: string) => runLayout(join(runs, name));

/** A run folder that has the clips of the first run already. */
function withClips(name: string): void {
  cpSync(layoutOf("one").corpus, layoutOf(name).corpus, { recursive: true });
}

/** Runs the quick demo in this process; resolves with what it said and printed. */
async function run(name: string, jobs: number, more: readonly string[] = []) {
  let said = "";
  const hear = (text: string | Uint8Array): boolean => {
    said += String(text);
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockImplementation(hear),
  );
  let error: unknown;
  try {
    const set = [...small, `name=${name}`, ...more];
    const experiment = await readExperiment({ config: quickConfig, set, runs });
    await runExperiment(experiment, { runs, jobs });
  } catch (thrown) {
    error = thrown;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return { said, error };
}

/** Every file of a run that may not depend on when, how often or beside what it was made. */
function bytes(name: string): Record<string, string> {
  const { root, config, timings, notices, report, corpus, lock } = layoutOf(name);
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => ![config, timings, notices, report, lock].includes(file))
    .filter((file) => !file.startsWith(corpus));
  const timeless = (file: string): string | Buffer =>
    /\.jsonl?$/.test(file)
      ? readFileSync(file, "utf8").replaceAll(/"seconds": ?[\d.e-]+/g, "")
      : readFileSync(file);
  return Object.fromEntries(files.map((file) => [relative(root, file), sha256(timeless(file))]));
}

/** Runs the command in a process of its own, and acts on it while it works. */
function oppo(name: string, meddle?: (pid: number) => void) {
  const set = [...small, `name=${name}`].flatMap((one) => ["--set", one]);
  const args = [program, "demo", "--quick", "--runs", runs, "--jobs", "2", ...set];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const watch = setInterval(() => meddle?.(child.pid!), 20);
  return new Promise<{ status: number | null; stderr: string }>((done) => {
    child.on("exit", (status) => {
      clearInterval(watch);
      done({ status, stderr });
    });
  });
}

/** Processes that do stages for `pid`, or for anybody. */
function workers(pid?: number): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("jobs/child-main.ts"))
    .map((line) => line.trim().split(/\s+/).slice(0, 2).map(Number))
    .filter(([, parent]) => pid === undefined || parent === pid)
    .map(([own]) => own!);
}

/** Sends a signal as soon as two stages work at once and a variant has taken a step. */
function stopAmid(name: string, signal: NodeJS.Signals) {
  const mine = new Set<number>();
  let sent = false;
  const meddle = (pid: number): void => {
    if (sent || readMetrics(layoutOf(name).system("oppo-paper")).length === 0) return;
    for (const worker of workers(pid)) mine.add(worker);
    if (mine.size < 2) return;
    sent = true;
    process.kill(pid, signal);
  };
  return { mine, meddle };
}

describe("stages side by side", () => {
  it("make every byte that stages one after another make", async () => {
    const one = await run("one", 1);
    expect(one.error).toBeUndefined();
    withClips("two");
    const two = await run("two", 2);
    expect(two.error).toBeUndefined();
    expect(two.said).toContain("2 stages at a time");
    expect(bytes("two")).toEqual(bytes("one"));
    expect(Object.keys(bytes("two"))).toEqual(
      expect.arrayContaining(systems.map((system) => `${system}/final/model.safetensors`)),
    );
    for (const system of systems) expect(two.said).toContain(system);
    expect(readFileSync(layoutOf("two").table, "utf8")).toMatch(
      /\| ceiling \(trained on truth\) \|[\s\S]*gap closed[\s\S]*- oppo-paper: OPPO as its paper/,
    );
  }, 600_000);

  it("are timed each, and a second call starts none", async () => {
    const steps = JSON.parse(readFileSync(layoutOf("two").timings, "utf8")) as { step: string }[];
    expect(steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining([...systems, ...systems.map((name) => `evaluate ${name}`), "in all"]),
    );
    const { said } = await run("two", 2);
    expect(said).toContain("finished before: cold-start, grpo, oppo-paper, oppo-swap, ceiling");
    expect(said).not.toContain("at a time");
  }, 300_000);

  it("a failing one is named at once, the others are finished, and the report says what is missing", async () => {
    withClips("broken");
    const more = ["variants.oppo-swap.loss={ preset: robust }", "rl.steps=2", "ceiling=false"];
    const { said, error } = await run("broken", 2, more);
    expect(error).toMatchObject({ name: "ConfigError", code: "ONSET_NEEDS_HIDING" });
    expect(said).toMatch(/✗ oppo-swap: ConfigError ONSET_NEEDS_HIDING: variant 'oppo-swap'/);
    const layout = layoutOf("broken");
    expect(existsSync(layout.system("oppo-paper").evaluation)).toBe(true);
    expect(readFileSync(layout.table, "utf8")).toContain("oppo-swap was stopped: ConfigError");
    expect(readFileSync(layout.report, "utf8")).toContain("oppo-swap was stopped");
    expect(existsSync(layout.lock) && readFileSync(layout.lock, "utf8")).toContain(
      String(process.pid),
    );
  }, 600_000);

  it("leave nobody behind when their parent is killed, and go on to the same bytes", async () => {
    withClips("killed");
    const { mine, meddle } = stopAmid("killed", "SIGKILL");
    expect((await oppo("killed", meddle)).status).toBeNull();
    expect(mine.size).toBe(2);
    await vi.waitUntil(() => workers().every((pid) => !mine.has(pid)), { timeout: 10_000 });
    const { status, stderr } = await oppo("killed");
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/oppo-paper: resumed at step \d of 3/);
    expect(bytes("killed")).toEqual(bytes("one"));
  }, 600_000);

  it("end with Ctrl-C before the command does, which gives the folder back", async () => {
    withClips("stopped");
    const { mine, meddle } = stopAmid("stopped", "SIGINT");
    const { status, stderr } = await oppo("stopped", meddle);
    expect(status).toBe(130);
    expect(stderr).toContain("the same command goes on where it was");
    expect(workers().filter((pid) => mine.has(pid))).toEqual([]);
    expect(existsSync(layoutOf("stopped").lock)).toBe(false);
    expect(stderr).not.toContain("✗");
  }, 600_000);
});
