import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openServiceClient } from "../../client/client.ts";

const root = resolve(import.meta.dirname, "../../..");
const folder = mkdtempSync(join(tmpdir(), "oppo-serve-"));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

/** Starts `oppo serve` and waits for its address. */
async function start(port: number): Promise<{ child: ChildProcess; url: string }> {
  const args = [join(root, "bin/oppo.mjs"), "serve", "--port", String(port), "--state", folder];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const url = await new Promise<string>((found, failed) => {
    child.stdout.once("data", (chunk) => found(String(chunk).trim()));
    child.once("exit", (code) => failed(new Error(`oppo serve ended with ${code}: ${errors}`)));
  });
  return { child, url };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((done) => child.once("exit", done));
  child.kill(signal);
  running.delete(child);
  return ended;
}

const phrases = ["raised brows", "a broad smile", "wide eyes", "a loud voice", "a shaky voice"];
const batches = Array.from({ length: 30 }, (_, batch) =>
  Array.from({ length: 8 }, (_, i) => ({
    id: `${batch}/${i}`,
    clip_id: `clip ${batch}`,
    reference: `<think>In the video, ${phrases[batch % 3]}. In the audio, ${phrases[3 + (batch % 2)]}.</think><answer>joy</answer>`,
    response: `<think>In the video, ${phrases[i % 3]} number ${batch}. In the audio, ${phrases[3 + (i % 2)]}.</think><answer>joy</answer>`,
  })),
);

it("killed and restarted under load, gives every client the rewards of an undisturbed run", async () => {
  const first = await start(0);
  const port = Number(new URL(first.url).port);
  const undisturbed = await Promise.all(
    batches.map((items) => openServiceClient({ url: first.url }).rewards(items)),
  );
  expect(await end(first.child, "SIGTERM")).toBe(0);
  rmSync(join(folder, "decompositions.jsonl"));

  const second = await start(port);
  let answered = 0;
  let killed: ReturnType<typeof start> | undefined;
  const client = openServiceClient({ url: second.url, retries: 60, maxPauseMs: 300 });
  const disturbed = Promise.all(
    batches.map(async (items, i) => {
      // Spread out, so that some ask before, some during and some after the kill.
      await new Promise((later) => setTimeout(later, i * 15));
      const results = await client.rewards(items);
      if (++answered === 10) killed = end(second.child, "SIGKILL").then(() => start(port));
      return results;
    }),
  );
  expect(await disturbed).toEqual(undisturbed);
  expect(killed).toBeDefined();
  const { child, url } = (await killed)!;
  // The new process did answer some of them.
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(Number(/oppo_items_total\{route="rewards"\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
  // The decompositions of the killed process are whole rows, and none was made twice.
  const rows = readFileSync(join(folder, "decompositions.jsonl"), "utf8").trim().split("\n");
  const hashes = rows.map((row) => (JSON.parse(row) as { sha256: string }).sha256);
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(await end(child, "SIGTERM")).toBe(0);
}, 60_000);
