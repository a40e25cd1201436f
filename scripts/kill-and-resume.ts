import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { sha256 } from "../src/core/files.ts";
import { Rng } from "../src/core/rng.ts";

/**
 * Runs a command of `oppo` to its end, then again under another name, killed (SIGKILL) so many
 * times at times drawn by seed, and compares every byte that a run may not change:
 * `npx tsx scripts/kill-and-resume.ts 10 RUNS run --data clips.csv --quick`.
 */
const [kills = "", runs = "", ...args] = process.argv.slice(2);
if (!/^\d+$/.test(kills) || args.length === 0) {
  process.stderr.write("usage: kill-and-resume.ts KILLS RUNS_FOLDER COMMAND…\n");
  process.exit(2);
}
const program = resolve(import.meta.dirname, "../bin/oppo.mjs");
const say = (text: string) => process.stdout.write(`${text}\n`);

/** Seconds it took, and whether it ended by itself. */
function once(
  name: string,
  killAfter?: number,
): Promise<{ seconds: number; status: number | null }> {
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...args, "--runs", runs, "--name", name], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let last = "";
  child.stderr.on("data", (text) => {
    last = String(text);
  });
  const timer = killAfter && setTimeout(() => child.kill("SIGKILL"), killAfter * 1000);
  return new Promise((done, fail) => {
    child.on("close", (status) => {
      clearTimeout(timer);
      const seconds = (performance.now() - began) / 1000;
      if (status === null || status === 0) done({ seconds, status });
      else fail(new Error(`${name} ended with ${status}: ${last}`));
    });
  });
}

/** Hashes of what must be equal: weights, vocabulary, statistics, table. */
function bytes(name: string): Map<string, string> {
  const root = join(runs, name);
  const systems = readdirSync(root).filter((system) => existsSync(join(root, system, "final")));
  const files = [
    ...systems.flatMap((system) =>
      readdirSync(join(root, system, "final")).map((file) => join(system, "final", file)),
    ),
    ...["table.md", "tokenizer.json", "standardiser.json"],
  ];
  return new Map(files.map((file) => [file, sha256(readFileSync(join(root, file)))]));
}

const whole = await once("whole");
say(`whole: ${whole.seconds.toFixed(0)} s`);
const rng = new Rng("kill-and-resume");
let killed = 0;
for (let attempt = 0; attempt < Number(kills); attempt++) {
  // Early enough that the run is not over before the last kill, late enough to have done something.
  const after = whole.seconds * rng.uniform(0.15, 0.45);
  const { status } = await once("killed", after);
  if (status === null) killed++;
  say(`${status === null ? `killed after ${after.toFixed(1)} s` : "ended before it was killed"}`);
}
const rest = await once("killed");
say(`finished in another ${rest.seconds.toFixed(0)} s, after ${killed} kills`);
const [expected, found] = [bytes("whole"), bytes("killed")];
const different = [...expected].filter(([file, hash]) => found.get(file) !== hash);
say(
  different.length === 0
    ? `${expected.size} files, all byte-identical`
    : `different: ${different.map(([file]) => file).join(", ")}`,
);
process.exitCode = different.length === 0 && killed === Number(kills) ? 0 : 1;
