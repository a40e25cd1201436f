import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { needs } from "../../test/needs.ts";
import { readSwiftOptions } from "../cli/ms-swift.ts";
import { writeJson } from "../core/files.ts";
import { readJsonl, writeJsonl } from "../core/jsonl.ts";
import { corpusOptions } from "../corpus/options.ts";
import { planCorpus } from "../corpus/plan.ts";
import type { SwiftRow } from "./dataset.ts";
import { pluginSettings } from "./plugin-settings.ts";
import { runPresetNames } from "./presets.ts";
import { exportSwift } from "./write.ts";

const plugin = resolve(import.meta.dirname, "../../integrations/ms-swift");
const installed = { oppo: "/opt/it's oppo/oppo.mjs", plugin: "/opt/oppo_swift_plugin.py" };
const reference =
  "<think>In the video, raised brows. In the audio, a loud voice.</think><answer>joy</answer>";

let folder: string;
let data: string;
let out: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-export-"));
  data = join(folder, "clips.jsonl");
  out = join(folder, "run");
  writeFileSync(join(folder, "a.mp4"), "");
  writeFileSync(join(folder, "b.mp4"), "");
  writeFileSync(join(folder, "a.wav"), "");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clips = [
  { clip_id: "a", video: "a.mp4", reference },
  { clip_id: "b", video: "b.mp4", reference: "In the video, a frown.", label: "anger" },
];

function write(rows: readonly object[] = clips, ...set: string[]) {
  writeJsonl(data, rows);
  const options = readSwiftOptions(undefined, set);
  return exportSwift(out, options, { path: data, split: "train" }, installed);
}

const rowsOut = () => readJsonl<SwiftRow>(join(out, "data.jsonl"));

describe("settings of the plugin", () => {
  it("has every field of every auxiliary term, and no policy gradient of its own", () => {
    const settings = pluginSettings(readSwiftOptions(undefined, [])) as Record<string, object>;
    expect(Object.keys(settings.loss!).sort()).toEqual([
      "attribution",
      "controller",
      "counterfactual",
      "evidence",
      "invariance",
      "onset",
      "paper",
      "papo",
      "sensitivity",
    ]);
    expect(settings).toMatchObject({
      format: "oppo-ms-swift-2",
      service: { url: "http://127.0.0.1:8791", api_key_env: "OPPO_API_KEY" },
      loss: { sensitivity: { weight: 0.02, routing: "gated" }, controller: { enabled: true } },
      masks: { visual: "blank", acoustic: "blank", schedule: "both" },
      temperature: 1,
    });
  });

  it.each([
    ["client.maxBatch=600", /maxBatch.*above service.limits.items/],
    ["service.port=0", /port nobody knows/],
    ["training.numGenerations=7", /does not divide the 64 responses/],
    ["reward.weights={accuracy: 0, format: 0, perception: 0}", /all 0/],
  ])("refuses %s", (set, message) => {
    expect(() => pluginSettings(readSwiftOptions(undefined, [set]))).toThrow(message);
  });

  it("reads the words that masks had in older files, and no other", () => {
    const set = ["masks={visual: black, acoustic: silence}", "loss.preset=robust"];
    expect(pluginSettings(readSwiftOptions(undefined, set))).toMatchObject({
      masks: { visual: "blank", acoustic: "blank" },
    });
    expect(() => readSwiftOptions(undefined, ["masks={visual: silence}"])).toThrow(
      /expected one of "blank"\|"swap"\|"ratio"\|"mean"/,
    );
  });

  it("refuses masks that a term can't use", () => {
    const refused =
      (...set: string[]) =>
      () =>
        pluginSettings(readSwiftOptions(undefined, set));
    const alternate = "masks.schedule=alternate";
    expect(refused("loss.preset=attrib", alternate)).toThrow(/both masked passes/);
    expect(refused("masks={visual: swap, acoustic: swap}")).toThrow(/onset never acts/);
  });

  it.skipIf(!needs.python.met).each(runPresetNames)(
    `is accepted by the plugin's own reader: %s ${needs.python.title}`,
    (preset) => {
      write(clips, `preset=${preset}`);
      const args = ["-m", "oppo_swift.config", join(out, "oppo.json")];
      const { stdout, stderr, status } = spawnSync("python3", args, {
        cwd: plugin,
        encoding: "utf8",
      });
      expect({ status, stderr, stdout: stdout.trim() }).toEqual({
        status: 0,
        stderr: "",
        stdout: "ok",
      });
    },
  );
});

describe("scripts", () => {
  it("env.sh leaves the shell that sources it as it was, whatever its folder is called", () => {
    write();
    const shell = [
      "before=$(set -o; compgen -v | sort)",
      'source "$1/env.sh"',
      "after=$(set -o; compgen -v | sort)",
      'diff <(echo "$before") <(echo "$after") | grep "^[<>]"',
      "false; echo alive $OPPO_CONFIG",
    ].join("\n");
    const { stdout } = spawnSync("bash", ["--norc", "-c", shell, "bash", out], {
      encoding: "utf8",
      env: { PATH: process.env.PATH ?? "" },
    });
    const changed = stdout.split("\n").filter((line) => /^[<>]/.test(line));
    const own = changed.filter((line) => !/^> (after|before|BASH_\w+|PIPESTATUS|_)$/.test(line));
    for (const line of own) {
      expect(line).toMatch(
        /^> (OPPO_\w+|USE_AUDIO_IN_VIDEO|ENABLE_\w+|FPS\w*|VIDEO_\w+|\w+_PIXELS)$/,
      );
    }
    expect(own).toContain("> OPPO_CONFIG");
    expect(stdout).toContain(`alive ${join(out, "oppo.json")}`);
  });

  it("leaves the rollout server out where the GPUs beside it don't make whole groups, and says so", () => {
    write(clips, "training.gpus=4", "training.rolloutGpus=1", "training.gradientAccumulation=2");
    expect(readdirSync(out)).not.toContain("train-server.sh");
    expect(readFileSync(join(out, "README.md"), "utf8")).toMatch(
      /No rollout server: the 3 GPU\(s\).*groups of 8 responses/,
    );
    write(clips, "training.gpus=5", "training.rolloutGpus=1", "training.perDeviceBatch=8");
    expect(readdirSync(out)).toContain("train-server.sh");
  });
});

describe("data", () => {
  it("writes one row a clip with one tag a medium, absolute paths and a label", () => {
    expect(write()).toMatchObject({ rows: 2, visual: 2, acoustic: 1 });
    const [first, second] = rowsOut();
    expect(first).toMatchObject({
      videos: [join(folder, "a.mp4")],
      clip_id: "a",
      reference,
      label: "joy",
    });
    expect(first!.audios).toBeUndefined();
    expect(first!.messages[0]!.content).toMatch(/^<video>What emotion/);
    expect(second!.label).toBe("anger");
  });

  it("shows what is said before the question, of clips that have a subtitle", () => {
    write([{ ...clips[0], subtitle: " Oh no. ", question: "How?" }, clips[1]!]);
    expect(rowsOut().map(({ messages }) => messages[0]!.content.slice(0, 30))).toEqual([
      '<video>Subtitle: "Oh no."\nHow?',
      "<video>What emotion does this ",
    ]);
    expect(readJsonl<SwiftRow>(join(out, "sft.jsonl"))[0]!.messages[0]!.content).toContain(
      'Subtitle: "Oh no."',
    );
  });

  it("gives the sound as a file of its own where settings say so", () => {
    write([{ ...clips[0], audio: "a.wav", question: "How?" }], "training.audio=separate");
    const [row] = rowsOut();
    expect(row!.messages[0]!.content).toBe("<video><audio>How?");
    expect(row!.audios).toEqual([join(folder, "a.wav")]);
    expect(readFileSync(join(out, "env.sh"), "utf8")).toContain("USE_AUDIO_IN_VIDEO=false");
  });

  it.each([
    ["sound given twice", { audio: "a.wav" }, /clips\.jsonl:2: audio: would be heard twice/],
    ["a missing file", { video: "c.mp4" }, /clips\.jsonl:2: no such file: c.mp4/],
    ["a repeated clip", { clip_id: "a" }, /:2: clip_id: 'a' is in line 1 already/],
    [
      "a media tag in words",
      { subtitle: "a <video>" },
      /:2: subtitle: holds <video>, which ms-swift/,
    ],
    ["no label", { label: undefined }, /clips\.jsonl:2: label: is missing/],
    ["two kinds of labels", { labels: ["x"] }, /:2: labels: give `label` or `labels`/],
    ["an unknown field", { lable: "x" }, /:2: row: Unrecognized key: "lable"/],
  ])("refuses %s, naming the line", (_name, change, message) => {
    expect(() => write([clips[0]!, { ...clips[1], ...change }])).toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  it("writes examples for the cold start: reasoning, then the label that is rewarded", () => {
    const more = [
      { clip_id: "c", video: "a.mp4", reference: "<think></think><answer>joy</answer>" },
      { clip_id: "d", video: "a.mp4", reference, label: "pride" },
      { clip_id: "e", video: "b.mp4", reference: "<think>A smile.", labels: ["joy", "pride"] },
    ];
    expect(write([...clips, ...more])).toMatchObject({ rows: 5, examples: 4 });
    const examples = readJsonl<SwiftRow>(join(out, "sft.jsonl"));
    const said = examples.map(({ messages }) => messages.map(({ content }) => content)[1]);
    expect(said).toEqual([
      reference,
      "<think>In the video, a frown.</think><answer>anger</answer>",
      reference.replace("<answer>joy", "<answer>pride"),
      "<think>A smile.</think><answer>joy, pride</answer>",
    ]);
    expect(examples[0]).toMatchObject({ videos: [join(folder, "a.mp4")], clip_id: "a" });
    expect(examples[0]!.messages[0]).toEqual(rowsOut()[0]!.messages[0]);
  });

  it("refuses references in which the rules find nothing", () => {
    expect(() => write([{ ...clips[1], reference: "Son visage." }])).toThrow(
      /DATA_NO_CUES|nothing|anything/,
    );
  });

  it("keeps the clips of the cold start out of those of reinforcement learning, where a number is given", () => {
    const many = Array.from({ length: 8 }, (_, at) => {
      writeFileSync(join(folder, `v${at}.mp4`), "");
      return { clip_id: `v${at}`, video: `v${at}.mp4`, reference, group: `speaker ${at % 4}` };
    });
    const idsOf = (sft: number, rows: readonly object[]) => {
      writeJsonl(data, rows);
      const source = { path: data, split: "train", coldStart: sft } as const;
      const written = exportSwift(out, readSwiftOptions(undefined, []), source, installed);
      const ids = (file: string) =>
        readJsonl<SwiftRow>(join(out, file))
          .map(({ clip_id }) => clip_id)
          .sort();
      return { notes: written.notes, rl: ids("data.jsonl"), sft: ids("sft.jsonl") };
    };
    const { notes, ...drawn } = idsOf(2, many);
    expect(drawn.sft).toHaveLength(2);
    expect(drawn.rl).toHaveLength(6);
    expect(new Set([...drawn.rl, ...drawn.sft]).size).toBe(8);
    expect(Number(drawn.sft[1]!.slice(1)) - Number(drawn.sft[0]!.slice(1))).toBe(4);
    expect(notes).toContain("drawn for the cold start: 2; for reinforcement learning: 6");
    expect(readFileSync(join(out, "README.md"), "utf8")).toContain(
      "2 other clips, none of them in `data.jsonl`",
    );
    expect(idsOf(2, many.toReversed())).toMatchObject(drawn);
    expect(() => idsOf(8, many)).toThrow(/none is left for reinforcement learning.*--cold-start/);
  });

  it("divides a corpus folder in the same way", () => {
    const corpus = join(folder, "corpus");
    const options = corpusOptions.parse({ clips: { train: 6, validation: 1, test: 1 } });
    writeJson(join(corpus, "corpus.json"), { options });
    writeJsonl(join(corpus, "manifest.jsonl"), planCorpus(options));
    const source = { path: corpus, split: "train", coldStart: 0.5 } as const;
    exportSwift(out, readSwiftOptions(undefined, []), source, installed);
    const shown = readJsonl<SwiftRow>(join(out, "sft.jsonl")).map(({ clip_id }) => clip_id);
    const kept = rowsOut().map(({ clip_id }) => clip_id);
    expect([shown.length, new Set([...shown, ...kept]).size]).toEqual([3, 6]);
  });

  it("takes a corpus folder, with the video's own sound", () => {
    const corpus = join(folder, "corpus");
    const options = corpusOptions.parse({ clips: { train: 3, validation: 1, test: 1 } });
    writeJson(join(corpus, "corpus.json"), { options });
    writeJsonl(join(corpus, "manifest.jsonl"), planCorpus(options));
    const settings = readSwiftOptions(undefined, []);
    exportSwift(out, settings, { path: corpus, split: "train" }, installed);
    expect(rowsOut()).toHaveLength(3);
    expect(rowsOut()[0]!.messages[0]!.content).not.toContain("<audio>");
    expect(rowsOut()[0]!.audios).toBeUndefined();
    const examples = readJsonl<SwiftRow>(join(out, "sft.jsonl"));
    expect(examples.map(({ messages }) => messages[1]!.content)).toEqual(
      planCorpus(options)
        .filter(({ split }) => split === "train")
        .map(({ coldStart }) => coldStart[0]),
    );
  });
});

describe("scripts", () => {
  it("are bash, and start ms-swift with what the losses assume", () => {
    write();
    const bin = join(folder, "bin");
    writeJson(join(bin, "note"), {});
    const fake =
      '#!/bin/sh\necho "$0 OPPO_CONFIG=$OPPO_CONFIG USE=$USE_AUDIO_IN_VIDEO FPS=$FPS"\nprintf "<%s>\\n" "$@"\n';
    for (const name of ["swift", "megatron", "node"]) {
      writeFileSync(join(bin, name), fake, { mode: 0o755 });
    }
    const run = (name: string, extra: Record<string, string> = {}) =>
      spawnSync("bash", [join(out, name)], {
        encoding: "utf8",
        env: { ...process.env, ...extra, PATH: `${bin}:${process.env.PATH}` },
      });
    const colocate = run("colocate.sh");
    expect(colocate.stderr).toBe("");
    expect(colocate.stdout).toContain(`OPPO_CONFIG=${out}/oppo.json USE=true FPS=2`);
    const args = colocate.stdout.replaceAll("\n", " ");
    for (const expected of [
      "<rlhf> <--rlhf_type> <grpo>",
      "<--reward_funcs> <oppo>",
      "<--temperature> <1>",
      "<--lora_dropout> <0>",
      "<--deepspeed> <zero2>",
      '<--gradient_checkpointing_kwargs> <{"use_reentrant":false}>',
      "<--truncation_strategy> <delete>",
      "<--vllm_mode> <colocate>",
      `<--dataset> <${out}/data.jsonl>`,
      "<--external_plugins> </opt/oppo_swift_plugin.py>",
    ]) {
      expect(args).toContain(expected);
    }
    expect(run("train-server.sh").stdout).toContain("<server>");
    expect(run("rollout-server.sh").stdout).toContain("<rollout>");
    expect(run("ray.sh")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("no Ray part"),
    });
    writeJson(join(folder, "oppo_swift", "ray", "driver.py"), {});
    const withRay = run("ray.sh", { OPPO_PLUGIN: join(folder, "plugin.py") });
    expect(withRay.stdout).toContain("<--use_ray>\n<true>");
    expect(run("serve.sh").stdout).toContain(`<${installed.oppo}>\n<serve>`);
  });

  it("train a cold start and merge its last checkpoint, never over an older one", () => {
    write();
    const bin = join(folder, "bin");
    const fake = `#!/usr/bin/env bash
printf '<%s>' "$@"; echo
if [ "$1" = sft ]; then mkdir -p "${out}/output-sft/checkpoint-9" "${out}/output-sft/checkpoint-10"; fi
`;
    writeJson(join(bin, "note"), {});
    writeFileSync(join(bin, "swift"), fake, { mode: 0o755 });
    const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` };
    const run = () => spawnSync("bash", [join(out, "sft.sh")], { encoding: "utf8", env });
    const { stdout, stderr } = run();
    expect(stderr).toBe("");
    expect(stdout).toContain(`<--dataset><${out}/sft.jsonl>`);
    expect(stdout).toContain(
      `<export><--adapters><${out}/output-sft/checkpoint-10><--merge_lora><true>`,
    );
    expect(stdout).toContain(`--set training.model=${out}/cold-start`);
    expect(run()).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("output-sft is there"),
    });
  });

  it("leave the rollout server out where no GPU is left for it", () => {
    write(clips, "training={gpus: 1, rolloutGpus: 1, gradientAccumulation: 8}");
    expect(readdirSync(out).filter((name) => name.includes("server"))).toEqual([]);
  });

  it("start the service with settings that it reads again", () => {
    write(clips, "service.port=9123", "loss.preset=oppo-swap");
    const again = readSwiftOptions(join(out, "serve.json"), []);
    expect(again).toEqual(
      readSwiftOptions(undefined, ["service.port=9123", "loss.preset=oppo-swap"]),
    );
  });
});
