import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSwiftOptions } from "../cli/ms-swift.ts";
import { launchScripts } from "./scripts.ts";

// Characters that mean something to sed, bash, JSON or YAML.
const odd = `R&D's "a|b\\c" $HOME`;
let folder: string;
let here: string;
let plugin: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-ray-"));
  here = join(folder, odd);
  plugin = join(folder, `${odd} plugin`, "oppo_swift_plugin.py");
  mkdirSync(join(folder, "bin"));
  mkdirSync(join(folder, "tmp"));
  mkdirSync(join(folder, `${odd} plugin`, "oppo_swift", "ray"), { recursive: true });
  mkdirSync(here);
  const fake = '#!/bin/sh\necho "torchrun=$NPROC_PER_NODE"\ncat "$5"\nexit 3\n';
  writeFileSync(join(folder, "bin", "megatron"), fake, { mode: 0o755 });
});
afterEach(() => rmSync(folder, { recursive: true }));

function scripts(...changes: string[]): Record<string, string> {
  return launchScripts(readSwiftOptions(undefined, changes), { oppo: "/opt/oppo.mjs", plugin });
}

function run(...flags: string[]) {
  for (const [name, text] of Object.entries(scripts())) writeFileSync(join(here, name), text);
  const PATH = `${join(folder, "bin")}:${process.env.PATH}`;
  const env = { ...process.env, PATH, TMPDIR: join(folder, "tmp"), NPROC_PER_NODE: "8" };
  return spawnSync("bash", [join(here, "ray.sh"), ...flags], { encoding: "utf8", env });
}

describe("ray.sh", () => {
  it("gives ms-swift the paths as they are, one driver, and leaves no file behind", () => {
    writeFileSync(join(folder, `${odd} plugin`, "oppo_swift", "ray", "driver.py"), "");
    const { stdout, stderr, status } = run();
    expect([stderr, status]).toEqual(["", 3]);
    const [first, ...yaml] = stdout.split("\n");
    expect(first).toBe("torchrun=");
    expect(parse(yaml.join("\n"))).toMatchObject({
      external_plugins: [plugin],
      dataset: `${here}/data.jsonl`,
      train: { output_dir: `${here}/output-ray` },
    });
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  it("refuses a plugin without its Ray part, and flags", () => {
    expect(run()).toMatchObject({ status: 1, stderr: expect.stringContaining("no Ray part") });
    writeFileSync(join(folder, `${odd} plugin`, "oppo_swift", "ray", "driver.py"), "");
    expect(run("--lr", "1")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("flags would be ignored"),
    });
  });
});

describe("ray.yaml", () => {
  const settings = (...changes: string[]) => parse(scripts(...changes)["ray.yaml"] ?? "null");

  it("has micro-batches that divide a GPU's clips of a step", () => {
    expect(settings()).toMatchObject({ micro_batch_size: 1, global_batch_size: 64 });
    const eight =
      "training={gpus: 2, perDeviceBatch: 4, gradientAccumulation: 12, numGenerations: 8}";
    expect(settings(eight)).toMatchObject({ micro_batch_size: 3, global_batch_size: 96 });
  });

  it("is left out where groups would straddle GPUs", () => {
    expect(settings("training.numGenerations=16")).toBeNull();
    expect(scripts("training.numGenerations=16")["ray.sh"]).toBeUndefined();
  });
});
