import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSwiftOptions } from "../cli/ms-swift.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { pluginSettings } from "./plugin-settings.ts";
import { runPresetNames } from "./presets.ts";
import { runNotes } from "./run-notes.ts";
import { exportSwift } from "./write.ts";

const installed = { oppo: "/opt/oppo.mjs", plugin: "/opt/oppo_swift_plugin.py" };
const reference =
  "<think>In the video, raised brows. In the audio, a loud voice.</think><answer>joy</answer>";

let folder: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-preset-"));
  out = join(folder, "run");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const settingsOf = (preset: string, ...set: string[]) => readSwiftOptions(undefined, set, preset);

function write(preset: string, ...set: string[]) {
  writeJsonl(join(folder, "clips.jsonl"), [{ clip_id: "a", video: "a.mp4", reference }]);
  writeFileSync(join(folder, "a.mp4"), "");
  const source = { path: join(folder, "clips.jsonl"), split: "train" as const };
  return exportSwift(out, settingsOf(preset, ...set), source, installed);
}

const text = (name: string) => readFileSync(join(out, name), "utf8");

describe("presets of runs", () => {
  it("are the systems of the paper, and a run for every loss of ours", () => {
    expect(runPresetNames).toEqual([
      "paper",
      "paper-baseline",
      "paper-reward",
      "paper-papo",
      "paper-papo-dual",
      "paper-released",
      "none",
      "bonus-evidence",
      "bonus-all",
      "robust",
      "attrib",
      "oppo-swap",
    ]);
  });

  it("swap streams for oppo-swap alone; others of ours hide them completely", () => {
    expect(settingsOf("oppo-swap")).toMatchObject({
      loss: { preset: "oppo-swap" },
      masks: { visual: "swap", acoustic: "swap" },
      reward: { form: "oppo", perception: { mode: "f1" } },
      training: { gpus: 8, nodes: 1, numGenerations: 8 },
    });
    expect(settingsOf("attrib")).toMatchObject({ masks: { visual: "blank", acoustic: "blank" } });
  });

  it("are what a file without a preset flag says, and what it sets wins", () => {
    expect(readSwiftOptions(undefined, [])).toMatchObject({ preset: "robust" });
    const own = readSwiftOptions(undefined, ["preset=oppo-swap", "masks.acoustic=blank"]);
    expect(own).toMatchObject({ masks: { visual: "swap", acoustic: "blank" } });
    expect(runNotes(own)).toEqual(["preset oppo-swap, changed: masks.acoustic blank (swap)"]);
    expect(runNotes(settingsOf("oppo-swap"))).toEqual([]);
  });

  it("refuse an unknown name with those that there are, and the loss of another preset", () => {
    expect(() => readSwiftOptions(undefined, ["preset=papr"])).toThrow(
      /no run is called 'papr'; there are paper, paper-baseline, .*oppo-swap/,
    );
    const file = join(folder, "own.yaml");
    writeFileSync(file, "loss: { preset: robust }\n");
    expect(() => readSwiftOptions(file, [], "oppo-swap")).toThrow(/loss.preset robust/);
    expect(readSwiftOptions(file, [], "robust").loss.preset).toBe("robust");
  });
});

describe("runs on several machines", () => {
  const two = ["training={nodes: 2, gpus: 16, perDeviceBatch: 1, gradientAccumulation: 2}"];

  it("want to be told which machine this is, and start half of the processes on it", () => {
    write("robust", ...two);
    const bin = join(folder, "bin");
    mkdirSync(bin);
    const fake = '#!/bin/sh\necho "$NPROC_PER_NODE $NNODES $NODE_RANK $MASTER_ADDR $MASTER_PORT"\n';
    writeFileSync(join(bin, "swift"), fake, { mode: 0o755 });
    const run = (extra: Record<string, string>) =>
      spawnSync("bash", [join(out, "colocate.sh")], {
        encoding: "utf8",
        env: { PATH: `${bin}:${process.env.PATH}`, ...extra },
      });
    expect(run({}).stderr).toMatch(/NODE_RANK: 0 on the first of the 2 machines/);
    expect(run({ NODE_RANK: "1" }).stderr).toMatch(/MASTER_ADDR: address of the first machine/);
    expect(run({ NODE_RANK: "1", MASTER_ADDR: "a" }).stdout).toBe("8 2 1 a 29500\n");
    expect(text("README.md")).toMatch(/2 machines of 8 GPUs/);
    expect(text("README.md")).toMatch(/No scripts for a rollout server: they are for one machine/);
  });

  it("are told that the others can't reach a service on the first one alone", () => {
    expect(runNotes(settingsOf("robust", ...two))).toContainEqual(
      expect.stringMatching(/http:\/\/127.0.0.1:8791, which only the first can reach/),
    );
    const url = "client.url=http://10.0.0.1:8791";
    expect(runNotes(settingsOf("robust", ...two, url)).join()).not.toMatch(/reach/);
    expect(() => pluginSettings(settingsOf("robust", "training={nodes: 3}"))).toThrow(
      /not shared equally by 3 machines/,
    );
  });
});

describe("what ms-swift does in its own way", () => {
  it("normalises advantages by group, or not at all, and can't by term", () => {
    write("robust", "reward.advantages.normalise=none");
    expect(text("colocate.sh")).toContain("--scale_rewards none");
    write("robust");
    expect(text("colocate.sh")).toContain("--scale_rewards group");
    expect(text("README.md")).toMatch(/`floor` of the settings is the built-in trainer's/);
    expect(() => pluginSettings(settingsOf("robust", "reward.advantages.normalise=gdpo"))).toThrow(
      /a reward function of its own/,
    );
  });

  it("refuses a reference KL of the loss that its own is not", () => {
    const set = ["loss.reference={weight: 0.04}"];
    expect(() => pluginSettings(settingsOf("robust", ...set))).toThrow(
      /training.referenceKl: is 0.01, and loss.reference.weight 0.04/,
    );
    pluginSettings(settingsOf("robust", ...set, "training.referenceKl=0.04"));
  });
});
