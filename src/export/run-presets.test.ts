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

describe("the run of the paper", () => {
  it("is written as printed: 16 GPUs, batch 1, accumulation 2, G 4, one epoch", () => {
    const { notes } = write("paper");
    expect(notes).toEqual([expect.stringMatching(/2 machines/)]);
    for (const flag of [
      "--per_device_train_batch_size 1",
      "--gradient_accumulation_steps 2",
      "--num_generations 4",
      "--learning_rate 0.000002",
      "--num_train_epochs 1",
      "--beta 0.04",
      "--loss_type grpo",
      "--scale_rewards group",
      "--tuner_type full",
      "NNODES=2",
      "NPROC_PER_NODE=8",
    ]) {
      expect(text("colocate.sh")).toContain(flag);
    }
    expect(text("sft.sh")).toContain("--learning_rate 0.00002");
    expect(text("sft.sh")).toContain("--num_train_epochs 2");
    expect(JSON.parse(text("oppo.json"))).toMatchObject({
      reward: { form: "paper", paper: { alpha: 0.5, delta: 0.5, accuracy: 1, format: 1 } },
      loss: {
        paper: {
          weight: 8e-3,
          tokens: "evidence",
          estimator: "whole",
          reduce: "sum",
          maskedGradient: true,
        },
        evidence: { selector: "reference" },
      },
      masks: { visual: "ratio", acoustic: "ratio", ratio: 0.7, unit: "element", schedule: "both" },
    });
  });

  it("says in its README what is not the paper's, and what the paper leaves open", () => {
    write("paper");
    const said = text("README.md");
    for (const part of [
      "Source: OPPO 2606.25325, as printed",
      "(8 prompts a step)",
      "model size (7B there)",
      "Not the paper's encoder",
      "Not the paper's cues",
      "Accuracy by label words",
      "Cold start on the same clips",
      "it gives log-probs of sampled tokens alone, and loss.paper.estimator is whole",
      "the plain sum of accuracy (weight 1), format (weight 1), omni (weight 0.5), δ 0.5",
    ]) {
      expect(said).toContain(part);
    }
    expect(said).not.toContain("Changed from the preset");
    write("paper", "loss={paper: {weight: 0.02}}");
    expect(text("README.md")).toContain(
      "**Changed from the preset**: loss.paper.weight 0.02 (0.008).",
    );
  });

  it("goes by Ray where sampled tokens are all that it looks at, and groups are whole", () => {
    const sampled = ["loss={paper: {estimator: k1}}", "training.gradientAccumulation=4"];
    write("paper", ...sampled);
    expect(text("ray.yaml")).toContain('scale_rewards: "group"');
    write("paper-released", "training.gradientAccumulation=4");
    expect(text("README.md")).toMatch(/Megatron on Ray: `.\/ray.sh`/);
  });

  it("asks for a settled checkpointing wherever a masked pass is made, the joint one as well", () => {
    for (const preset of ["paper", "paper-papo", "paper-papo-dual", "paper-released"]) {
      write(preset);
      expect(text("colocate.sh"), preset).toContain('{"use_reentrant":false}');
    }
    write("paper-baseline");
    expect(text("colocate.sh")).toContain('{"use_reentrant":true}');
  });

  it("needs references that name something, since these pick the evidence", () => {
    writeJsonl(join(folder, "clips.jsonl"), [
      { clip_id: "a", video: "a.mp4", reference: "Son visage.", label: "joie" },
    ]);
    writeFileSync(join(folder, "a.mp4"), "");
    const source = { path: join(folder, "clips.jsonl"), split: "train" as const };
    const run = (preset: string) => exportSwift(out, settingsOf(preset), source, installed);
    expect(() => run("paper")).toThrow(/no reference names anything/);
    run("paper-baseline");
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
    expect(() =>
      pluginSettings(settingsOf("robust", "reward.advantages.normalise=leave-one-out")),
    ).toThrow(/leave-one-out is the built-in trainer's.*use none/s);
  });

  it.each(["gspo", "cispo", "sapo"])("refuses the surrogate %s, which it would not run", (kind) => {
    expect(() => pluginSettings(settingsOf("robust", `loss.surrogate={kind: ${kind}}`))).toThrow(
      `loss.surrogate.kind: is ${kind}, which the exported run would not train with`,
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
