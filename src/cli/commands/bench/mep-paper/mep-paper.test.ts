import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { oppo, writeClips } from "../../../../../test/bench-run.fixture.ts";
import { fakeAnswer } from "../../../../../test/fakes/answers.ts";
import type { Responder } from "../../../../bench/ask/port.ts";
import type { BenchmarkResult } from "../../../../bench/ask/result.ts";
import { mepPaperBench } from "../../../../bench/mep/paper/benchmark.ts";
import { paperMetrics } from "../../../../bench/mep/paper/metrics.ts";
import { ruleExtractor } from "../../../../bench/mep/reference/extractors.ts";
import { lexicalEmbedder } from "../../../../bench/mep/reference/lexical-embedder.ts";
import type { FakeRequest } from "../../../../endpoint/fake-request.fake.ts";
import { startFakeServer } from "../../../../endpoint/fake-server.fake.ts";
import { publishedMepPaper } from "../../../../report/published/mep-paper.ts";
import { benchmarkCommand, entry } from "../command.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo-mep-paper-"));
const at = (name: string) => join(folder, name);
const texts = {
  a: "In the video, a broad smile. In the audio, a loud voice.",
  b: "In the video, tears in the eyes. In the audio, a trembling voice.",
  c: "In the video, a deep frown. In the audio, fast speech.",
  d: "In the video, raised brows. In the audio, a trembling voice.",
};

const isProbe = ({ text }: FakeRequest) => /Does the (?:video show|audio contain)/.test(text);
/** Answers every probe with one word, the rest by content. */
const always = (word: string) => (request: FakeRequest) =>
  isProbe(request) ? word : fakeAnswer(request);

beforeAll(async () => {
  await writeClips(
    at("clips"),
    Object.keys(texts).map((id) => `${id}.mp4`),
  );
  const rows = Object.entries(texts).map(([id, text]) => `${id},"${text}",${id !== "d"}`);
  writeFileSync(at("list.csv"), `id,reasoning,congruent\n${rows.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

const build = (out: string, ...more: string[]) =>
  oppo([
    ...["bench", "mep-paper", "build", "--data", at("list.csv"), "--text", "reasoning"],
    ...["--clips", at("clips"), "--embedder", "lexical", "--out", out, ...more],
  ]);
const resultOf = (out: string): BenchmarkResult =>
  JSON.parse(readFileSync(join(out, "results.json"), "utf8"))[0];
const main = (result: BenchmarkResult, set: string) =>
  result.sets.find(({ name }) => name === set)!.metrics[0]!.value;

describe("oppo bench mep-paper", () => {
  it("takes both sides apart by a model, asks, scores, and goes on where it was", async () => {
    const server = await startFakeServer({ answer: always("No.") });
    try {
      const judge = ["--judge-model", "Qwen2.5-7B-Instruct", "--judge-base-url", server.baseUrl];
      expect(await build(at("items.json"), ...judge)).toMatchObject({ code: 0 });
      const first = readFileSync(at("items.json"), "utf8");
      expect(await build(at("items.json"), ...judge)).toMatchObject({ code: 0 });
      expect(readFileSync(at("items.json"), "utf8")).toBe(first);
      const run = [
        ...["bench", "mep-paper", "--items", at("items.json"), "--clips", at("clips")],
        ...["--model", "m", "--base-url", server.baseUrl, "--embedder", "lexical", ...judge],
        ...["--out", at("run")],
      ];
      expect(await oppo(run)).toMatchObject({ code: 0 });
      const result = resultOf(at("run"));
      // Who always says no: perfect as printed, 0 in what stands next to it.
      for (const letter of ["V", "A"]) {
        expect(main(result, `Acc@${letter}`)).toBe(100);
        expect(main(result, `intact ${letter}`)).toBe(0);
        expect(main(result, `pair ${letter}`)).toBe(0);
        expect(main(result, `absent ${letter}`)).toBe(100);
      }
      expect(result.sets[0]!.counts).toEqual({ asked: 4, answered: 4, failed: 0, unparseable: 0 });
      expect(result.sets[0]!.metrics[0]).toMatchObject({ id: "recall", n: 8 });
      expect(result.protocol.tools["decomposer, thinking"]).toMatch(
        /^chat: Qwen2.5-7B-Instruct.*printed-perception-/,
      );
      expect(result.protocol.settings).toMatchObject({
        "mask ratio": "1.0 (blank)",
        "recalled above": 0.6,
        "probe tokens": 10,
        temperature: 0,
      });
      const notes = result.notes.join("\n");
      expect(notes).toContain("not by Qwen3-Embedding");
      expect(notes).toContain("4 samples, fewer than the paper's 300");
      expect(notes).not.toContain("does not say on which samples");
      expect(notes).not.toContain("different decomposers");
      const probed = server.requests.filter(isProbe);
      // Three congruent samples, a cue of each modality: masked and intact, and absent ones.
      expect(probed.filter(({ maxTokens }) => maxTokens !== 10)).toEqual([]);
      const asked = server.requests.length;
      expect(await oppo(run)).toMatchObject({ code: 0 });
      expect(server.requests.length).toBe(asked);
      expect(resultOf(at("run"))).toEqual(result);
      const page = readFileSync(join(at("run"), "results.html"), "utf8");
      expect(page).toContain("<td>always no<");
      expect(page).toMatch(/<td>OPPO<small>[^<]*Qwen3-Embedding[^<]*<\/small><\/td><td>70\.44/);
      expect(page).toContain('80.94<span class="flaw">printed as 81.05');
      expect(readFileSync(join(at("run"), "results.md"), "utf8")).toContain("intact V");
    } finally {
      await server.close();
    }
  });

  it("says how many phrases broke the printed rules and are no cues", async () => {
    const wild = (request: FakeRequest) =>
      request.text.includes("visual_cues")
        ? '{"visual_cues": ["he smiles", "a radiant face"], "audio_cues": []}'
        : fakeAnswer(request);
    const server = await startFakeServer({ answer: wild });
    try {
      writeFileSync(at("wild.jsonl"), `{"id": "a", "text": "he smiles"}\n`);
      const scored = await oppo([
        ...["bench", "mep-paper", "--items", at("items.json"), "--predictions", at("wild.jsonl")],
        ...["--judge-model", "j", "--judge-base-url", server.baseUrl, "--embedder", "lexical"],
        ...["--out", at("wild"), "--no-guard"],
      ]);
      expect(scored).toMatchObject({ code: 0 });
      expect(resultOf(at("wild")).notes.join("\n")).toMatch(
        /not 2 to 6 words that stand in the text, left out: 0 of references, 1 of the thinking/,
      );
    } finally {
      await server.close();
    }
  });

  it("counts a description whose cues can't be read as failed, by its code", async () => {
    let reading = false;
    const fault = ({ text }: FakeRequest) =>
      reading && text.includes("visual_cues") ? "malformed" : undefined;
    const server = await startFakeServer({ answer: always("Yes"), fault });
    try {
      const judge = ["--judge-model", "j", "--judge-base-url", server.baseUrl];
      writeFileSync(
        at("said.jsonl"),
        `{"id": "a", "text": "he smiles"}\n{"id": "b", "text": "?"}\n`,
      );
      reading = true;
      const scored = await oppo([
        ...["bench", "mep-paper", "--items", at("items.json"), "--predictions", at("said.jsonl")],
        ...["--embedder", "lexical", ...judge, "--out", at("unread"), "--no-guard"],
      ]);
      expect(scored).toMatchObject({ code: 0 });
      const [recall] = resultOf(at("unread")).sets;
      expect(recall!.counts).toMatchObject({ asked: 4, answered: 0 });
      expect(recall!.counts.failures).toEqual({ CUES_UNREADABLE: 2 });
    } finally {
      await server.close();
    }
  });

  it("scores stored answers without a server, and says that rules are a stand-in", async () => {
    expect(await build(at("rules.json"), "--extractor", "rules")).toMatchObject({ code: 0 });
    const rows = Object.entries(texts).map(([id, text]) => JSON.stringify({ id, text }));
    writeFileSync(at("stored.jsonl"), rows.join("\n"));
    const score = (...more: string[]) =>
      oppo([
        ...["bench", "mep-paper", "--items", at("rules.json"), "--predictions", at("stored.jsonl")],
        ...["--extractor", "rules", "--embedder", "lexical", "--out", at("stored"), ...more],
      ]);
    expect(await score()).toMatchObject({ code: 0 });
    const result = resultOf(at("stored"));
    expect(main(result, "cue recall")).toBe(100);
    expect(result.sets.find(({ name }) => name === "Acc@V")).toMatchObject({
      unscored: "no answer among the stored ones",
      counts: { asked: 0 },
    });
    expect(result.notes.join("\n")).toContain("a stand-in for the model");
    expect(await score("--limit", "2")).toMatchObject({ code: 0 });
    expect(resultOf(at("stored")).sets[0]!.counts).toMatchObject({ asked: 2, answered: 2 });
  });

  it("asks trained systems of this project, a row and a folder each", async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const says = (id: string, word: string): Responder => ({
      id,
      respond: async ({ maxTokens }) => ({
        text: maxTokens > 10 ? texts.a : word,
        finish: "stop",
        attempts: 1,
      }),
    });
    const benchmark = mepPaperBench({
      openEmbedder: async () => lexicalEmbedder,
      embedderNames: ["lexical"],
      extractorNamed: () => ruleExtractor,
      openSystem: async (name) => says(name, name === "naysayer" ? "No." : "Yes."),
    });
    const command = benchmarkCommand(entry(benchmark));
    await command.parseAsync(
      [
        ...["--items", at("rules.json"), "--clips", at("clips"), "--extractor", "rules"],
        ...["--run", "naysayer", "yeasayer", "--out", at("systems")],
      ],
      { from: "user" },
    );
    const file = readFileSync(join(at("systems"), "results.json"), "utf8");
    const results = JSON.parse(file) as BenchmarkResult[];
    expect(results.map((one) => [one.model, main(one, "Acc@V"), main(one, "intact V")])).toEqual([
      ["naysayer", 100, 0],
      ["yeasayer", 0, 100],
    ]);
    expect(results[0]!.notes.join("\n")).toContain("by likelihood");
    expect(existsSync(join(at("systems"), "yeasayer-blank", "answers.jsonl"))).toBe(true);
  });

  it("refuses, before anything is asked: no items, those of the other track, no decomposer, strangers' answers", async () => {
    const items = ["bench", "mep-paper", "--items", at("rules.json")];
    const server = ["--model", "m", "--base-url", "http://127.0.0.1:9/v1"];
    expect((await oppo(["bench", "mep-paper"])).text).toMatch(/^MEP_ITEMS/);
    expect((await oppo([...items, ...server])).text).toMatch(/^MEP_CLIPS/);
    const clips = ["--clips", at("clips"), "--out", at("refused")];
    expect((await oppo([...items, ...server, ...clips])).text).toMatch(/^JUDGE_MISSING/);
    expect((await build(at("none.json"))).text).toMatch(/^JUDGE_MISSING/);
    writeFileSync(at("other.jsonl"), '{"id": "x", "text": "y"}\n');
    const stored = ["--predictions", at("other.jsonl"), "--extractor", "rules"];
    expect((await oppo([...items, ...stored, "--embedder", "lexical"])).text).toMatch(
      /^MEP_ANSWERS_NONE/,
    );
    const mep = ["bench", "mep", "build", "--data", at("list.csv"), "--text", "reasoning"];
    await oppo([...mep, "--embedder", "lexical", "--out", at("mep.json")]);
    expect((await oppo(["bench", "mep-paper", "--items", at("mep.json")])).text).toMatch(
      /^ITEMS_VERSION/,
    );
  });
});

it("published rows stand in columns that the track has", () => {
  const columns = new Set(paperMetrics.map(({ set }) => set));
  for (const { values } of publishedMepPaper) {
    for (const set of Object.keys(values)) expect(columns).toContain(set);
  }
});
