import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readConfig, readExperiment, shipped } from "./experiment.ts";
import { dataOverrides } from "./run.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-experiment-file-"));
  const rows = Array.from({ length: 40 }, (_, at) => {
    writeFileSync(join(folder, `clip ${at} 100%.mp4`), `film ${at}`);
    return `clip ${at} 100%.mp4,"In the video, a broad smile. In the audio, a loud voice.",joy`;
  });
  writeFileSync(join(folder, "my list.csv"), ["video,reference,label", ...rows, ""].join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string): string => {
  const file = join(folder, "own.yaml");
  writeFileSync(file, `name: own\nvariants: { grpo: {} }\n${text}`);
  return file;
};

describe("an experiment on one's own clips", () => {
  it("takes paths of a file relative to the file, those of options to the working directory", () => {
    const config = write("data: { source: list, list: my list.csv, features: { audio: a } }\n");
    const { data } = readConfig({ config, set: [] });
    expect(data).toMatchObject({
      list: join(folder, "my list.csv"),
      features: { audio: join(folder, "a") },
    });
    const typed = readConfig({ config, set: ["data.list=other.csv"] });
    expect(typed.data).toMatchObject({
      list: resolve("other.csv"),
      features: { audio: join(folder, "a") },
    });
    const [name, section] = dataOverrides({ data: join(folder, "my list.csv"), label: "l" });
    expect(name).toBe("name=my-list");
    const run = readConfig({ config: shipped("run"), set: [section!] });
    expect(run.data).toMatchObject({ source: "list", columns: { label: "l" } });
  });

  it("sizes training by the number of its clips, beneath what file and options say", async () => {
    const config = write("data: { source: list, list: my list.csv }\nrl: { steps: 3 }\n");
    const { sft, rl } = await readExperiment({ config, set: ["sft.epochs=7"], runs: folder });
    expect([sft.batch, sft.epochs, rl.steps, rl.prompts]).toEqual([4, 7, 3, 5]);
  });

  it("draws the clips of the cold start by number, sizes training by them, and records the share", async () => {
    const config = write("data: { source: list, list: my list.csv, split: { sft: 6 } }\n");
    const { sft, rl } = await readExperiment({ config, set: [], runs: folder });
    expect([sft.share, sft.batch, rl.prompts]).toEqual([6 / 32, 1, 8]);
    const list = join(folder, "my list.csv");
    const [, section] = dataOverrides({ data: list, coldStart: 0.5 });
    const run = { config: shipped("run"), set: [section!], runs: folder };
    expect((await readExperiment(run)).sft.share).toBe(0.5);
    expect(() => dataOverrides({ coldStart: 6 })).toThrow(/name it with --data/);
  });

  it("refuses to divide the training clips twice, and more clips than there are", async () => {
    const config = write("data: { source: list, list: my list.csv, split: { sft: 6 } }\n");
    const read = (set: string) => readExperiment({ config, set: [set], runs: folder });
    await expect(read("sft.share=0.7")).rejects.toThrow(
      /data\.split\.sft divides .*sft\.share 0\.7.*leave one of the two out/,
    );
    await expect(read("data.split.sft=5000")).rejects.toThrow(
      /5000 clips for the cold start, and 32 that train: none is left/,
    );
    await expect(read("data.split.sft=1.5")).rejects.toThrow(/data\.split\.sft/);
  });

  it("names the line of an option that its source does not know", () => {
    const config = write("data:\n  source: list\n  list: my list.csv\n  lable: x\n");
    expect(() => readConfig({ config, set: [] })).toThrow(/own\.yaml:6:\d+: data\.lable/);
    expect(() => readConfig({ config: write("data: { source: lists }\n"), set: [] })).toThrow(
      /own\.yaml:3:\d+: data\.source/,
    );
  });

  it("leaves out variants that without labels have nothing to learn from", async () => {
    const data = "data: { source: list, list: my list.csv, columns: { label: '-' } }\n";
    const both = write(data);
    writeFileSync(
      both,
      `name: own\nvariants:\n  grpo: { reward: { weights: { perception: 0 } } }\n  oppo: {}\n${data}`,
    );
    const { variants } = await readExperiment({ config: both, set: [], runs: folder });
    expect(Object.keys(variants)).toEqual(["oppo"]);
    const alone = ["variants={ grpo: { reward: { weights: { perception: 0 } } } }"];
    await expect(readExperiment({ config: both, set: alone, runs: folder })).rejects.toThrow(
      /no training clip has a label.*--label/,
    );
  });

  it("leaves the demo's settings as they are", async () => {
    const options = { config: shipped("demo"), set: [], runs: folder };
    expect(await readExperiment(options)).toEqual(readConfig(options));
  });
});
