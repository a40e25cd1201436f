import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeAnswer } from "../../../../../test/fakes/answers.ts";
import type { BenchmarkResult } from "../../../../bench/ask/result.ts";
import type { MepOptions } from "../../../../bench/mep/asked/command-options.ts";
import { decodeMepItems } from "../../../../bench/mep/reference/items.ts";
import type { FakeRequest } from "../../../../endpoint/fake-request.fake.ts";
import { startFakeServer } from "../../../../endpoint/fake-server.fake.ts";
import { mergePages } from "../../benchmark-page.ts";
import { mep } from "../benchmarks.ts";
import { benchmarkCommand, entry } from "../command.ts";
import { type RunOptions, runBenchmark } from "../run-benchmark.ts";
import { type BuildOptions, buildItemFile, mepBuildCommand } from "./build.ts";

let folder: string;
const file = (name: string) => join(folder, name);
const build: Omit<BuildOptions, "data" | "out"> = {
  extractor: "rules",
  embedder: "lexical",
  seed: "1",
  probes: 1,
  absentProbes: 1,
  absentBelow: 0.4,
};
const run = {
  mask: "blank",
  extractor: "rules",
  embedder: "lexical",
  thresholds: [0.5, 0.6, 0.7],
  headline: 0.6,
} as const;
/** What the command fills in where the user says nothing. */
const defaults: RunOptions = {
  ...{ apiKeyEnv: "NO_KEY", temperature: 0, media: "frames", fps: 1, maxFrames: 16, maxSide: 512 },
  ...{ concurrency: 1, timeout: 9, attempts: 1, tokenField: "max_tokens", guard: true },
  ...{
    seed: "sample",
    judgeApiKeyEnv: "NO_KEY",
    judgeTokenField: "max_tokens",
    reasoning: "named",
  },
};
const runMep = (options: MepOptions & Partial<RunOptions>) =>
  runBenchmark(mep, { ...defaults, ...options });

const rows = [
  [
    "a",
    'In the video, he smiles broadly. In the audio, a loud voice. The subtitle reads "Ha, yes!"',
  ],
  ["b", "In the video, she lowers her head. In the audio, a trembling voice."],
  ["c", "In the video, he frowns deeply. In the audio, he shouts."],
] as const;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-mep-test-"));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  writeFileSync(
    file("texts.csv"),
    `name,english\n${rows.map(([id, text]) => `${id},${quoted(text)}`).join("\n")}\n`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});

describe("oppo bench mep build", () => {
  it("writes the same bytes twice, and reads quoted subtitles when told to", async () => {
    const options = { ...build, data: file("texts.csv"), subtitleFromText: true };
    await buildItemFile({ ...options, out: file("one.json") });
    await buildItemFile({ ...options, out: file("two.json") });
    const text = readFileSync(file("one.json"), "utf8");
    expect(readFileSync(file("two.json"), "utf8")).toBe(text);
    const items = decodeMepItems(text, "one.json");
    expect(items.source).toMatchObject({ name: "texts.csv", rows: 3 });
    expect(items.samples.map(({ subtitle }) => subtitle)).toEqual([
      "Ha, yes!",
      undefined,
      undefined,
    ]);
  });

  it("pins clips by content and leaves rows without one out, by name", async () => {
    mkdirSync(file("clips"), { recursive: true });
    for (const id of ["a", "c"]) writeFileSync(file(`clips/${id}.mp4`), `not decoded here ${id}`);
    const items = await buildItemFile({
      ...build,
      data: file("texts.csv"),
      clips: file("clips"),
      out: file("clipped.json"),
    });
    expect(items.samples.map(({ clip }) => clip)).toEqual(["a.mp4", "c.mp4"]);
    expect(items.samples.every(({ clipHash }) => clipHash?.length === 64)).toBe(true);
    expect(items.left).toEqual([{ id: "b", reason: "no video file is called 'b'" }]);
  });

  it("takes cue lists made elsewhere and names them by content", async () => {
    const lists = rows.map(([id]) => ({
      name: id,
      visual_clues: [`${id} smile`],
      audio_clues: [],
    }));
    writeFileSync(file("cues.jsonl"), lists.map((row) => JSON.stringify(row)).join("\n"));
    const items = await buildItemFile({
      ...build,
      data: file("texts.csv"),
      cues: file("cues.jsonl"),
      out: file("given.json"),
    });
    expect(items.extractor).toMatch(/^file:cues.jsonl@[0-9a-f]{12}$/);
    expect(items.samples[1]!.cues).toEqual({
      visual: [{ text: "b smile", positive: true }],
      acoustic: [],
    });
  });

  it.each([
    ["--sample", "abc"],
    ["--probes", "-1"],
    ["--absent-below", "4"],
  ])("refuses %s %s", async (option, value) => {
    const args = ["--data", file("texts.csv"), "--out", file("no.json"), option, value];
    const run = mepBuildCommand().parseAsync(args, { from: "user" });
    await expect(run).rejects.toMatchObject({ code: "OPTION_NUMBER" });
  });

  it("says what is wrong with a file", async () => {
    const options = { ...build, out: file("bad.json") };
    const data = file("texts.csv");
    await expect(buildItemFile({ ...options, data: file("no.csv") })).rejects.toThrow(
      "no such file",
    );
    await expect(buildItemFile({ ...options, data, where: "split=x" })).rejects.toThrow("split=x");
    await expect(buildItemFile({ ...options, data, clips: file("none") })).rejects.toThrow(
      /none: no such folder/,
    );
    await expect(buildItemFile({ ...options, data, embedder: "bert" })).rejects.toThrow("bert");
    writeFileSync(file("odd.csv"), "colour,weight\nred,1\n");
    await expect(buildItemFile({ ...options, data: file("odd.csv") })).rejects.toThrow(
      "colour, weight",
    );
  });
});

describe("oppo bench mep", () => {
  it.each([
    ["bare", (text: string) => text],
    ["after a block of the model's own", (text: string) => `<think>Okay.</think>\n\n${text}`],
    ["in a second block", (text: string) => `<think>Hm.</think><think>${text}</think>`],
    ["after <thinking>", (text: string) => `<thinking>Okay.</thinking>${text}`],
  ])("scores a description alike that stands %s, by either extractor", async (place, write) => {
    await buildItemFile({ ...build, data: file("texts.csv"), out: file("items.json") });
    const answers = file("placed.jsonl");
    const placed = rows.map(([id, text]) => JSON.stringify({ id, text: write(text) }));
    writeFileSync(answers, placed.join("\n"));
    for (const extractor of ["rules", "sections"]) {
      const out = file(`placed-${place}-${extractor}`);
      const [result] = await runMep({ ...run, extractor, items: file("items.json"), answers, out });
      const recall = result!.sets[0]!.metrics[0]!;
      expect(recall.value).toBeGreaterThan(extractor === "rules" ? 99.9 : 50);
      const notes = result!.notes.filter((note) => note.includes("beyond one block"));
      expect(notes).toHaveLength(place.includes("block") ? 1 : 0);
    }
  });

  it("scores stored descriptions and writes table, JSON and page", async () => {
    await buildItemFile({ ...build, data: file("texts.csv"), out: file("items.json") });
    writeFileSync(
      file("answers.jsonl"),
      rows.map(([id, text]) => JSON.stringify({ id, text })).join("\n"),
    );
    const [result] = await runMep({
      ...run,
      items: file("items.json"),
      answers: file("answers.jsonl"),
      out: file("out"),
    });
    const written = JSON.parse(readFileSync(file("out/results.json"), "utf8")) as BenchmarkResult[];
    expect(written).toEqual([result]);
    expect(result!.sets[0]!.metrics[0]).toMatchObject({ id: "utilization@0.6", value: 100, n: 6 });
    expect(result!.notes).toContain(
      "Utilization only: no probe was answered, so nothing is said about faithfulness.",
    );
    expect(readFileSync(file("out/results.md"), "utf8")).toContain("100.00 [100.0 – 100.0]");
    expect(readFileSync(file("out/results.html"), "utf8")).toContain("MEP-Bench");
    mergePages([file("out/results.json"), file("out/results.json")], file("page.html"), "Both");
    expect(readFileSync(file("page.html"), "utf8").match(/class="bar"/g)!.length).toBeGreaterThan(
      1,
    );
    expect(() => mergePages([file("nowhere.json")], file("p.html"), "")).toThrow("no such file");
  });

  it("scores a part of the items; answers about the rest are neither failed nor extra", async () => {
    const part = { ...run, items: file("items.json"), predictions: file("answers.jsonl") };
    const [two] = await runMep({ ...part, out: file("part"), limit: 2 });
    expect(two!.sets[0]!.counts).toMatchObject({ asked: 2, answered: 2, failed: 0 });
    expect(two!.notes.join()).not.toContain("belong to no question");
    expect(two!.protocol.settings).toMatchObject({ limit: 2 });
    const draw = async (seed: string) =>
      (await runMep({ ...part, out: file("drawn"), sample: 1, seed }))[0]!.sets[0]!.counts;
    expect(await draw("a")).toMatchObject({ asked: 1, answered: 1 });
  });

  it("has cues of answers read by a second model; what it can't read counts as failed", async () => {
    const fault = ({ text }: FakeRequest) =>
      text.includes("List the cues") && text.includes("he frowns") ? "malformed" : undefined;
    const server = await startFakeServer({ answer: fakeAnswer, fault });
    try {
      const says = ["a broad smile", "tears in the eyes", "he frowns"];
      const texts = rows.map(([id], i) =>
        JSON.stringify({ id, text: `In the video, ${says[i]}.` }),
      );
      writeFileSync(file("said.jsonl"), texts.join("\n"));
      const args = [
        ...[
          "--items",
          file("items.json"),
          "--predictions",
          file("said.jsonl"),
          "--embedder",
          "lexical",
        ],
        ...["--extractor", "chat", "--judge-model", "j", "--judge-base-url", server.baseUrl],
        ...["--judge-price-in", "5", "--out", file("chat")],
      ];
      const score = async (more: string[] = []) => {
        await benchmarkCommand(entry(mep)).parseAsync([...args, ...more], { from: "user" });
        return JSON.parse(readFileSync(file("chat/results.json"), "utf8"))[0] as BenchmarkResult;
      };
      const result = await score();
      expect(result.sets[0]!.counts).toMatchObject({
        asked: 3,
        answered: 2,
        failures: { CUES_UNREADABLE: 1 },
      });
      const claims = result.sets[0]!.metrics.find(({ id }) => id === "claims-visual");
      expect(claims).toMatchObject({ value: 1, n: 2 });
      expect(result.protocol.tools["answer cues"]).toMatch(
        /^chat: j at .*mep-cues-1 \([0-9a-f]{8}\)$/,
      );
      expect(result.usage!.toolsCost).toBeGreaterThan(0);
      expect(server.requests[0]!.schema).toMatchObject({ required: ["visual", "acoustic"] });
      const asked = server.requests.length;
      expect(asked).toBe(2 + 3);
      expect(await score()).toEqual(result);
      expect(server.requests.length).toBe(asked);
      await score(["--retry-failed"]);
      expect(server.requests.length).toBe(asked + 3);
    } finally {
      await server.close();
    }
  });

  it("refuses to run without a model, without clips, and on a row it can't read", async () => {
    const options = { ...run, items: file("items.json"), out: file("out") };
    await expect(runMep(options)).rejects.toThrow("nothing to score");
    await expect(runMep({ ...options, run: ["runs/demo/oppo"] })).rejects.toThrow(
      "--clips is missing",
    );
    const shown = { ...options, run: ["runs/demo/oppo"], clips: file("clips") };
    await expect(runMep(shown)).rejects.toMatchObject({ code: "MEP_TEXT_ONLY" });
    writeFileSync(file("broken.jsonl"), '{"id": 7}\n');
    await expect(runMep({ ...options, answers: file("broken.jsonl") })).rejects.toThrow(
      "broken.jsonl:1",
    );
  });
});
