import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BenchmarkResult } from "../src/bench/ask/result.ts";
import { readJson } from "../src/core/files.ts";
import type { FakeRequest } from "../src/endpoint/fake-request.fake.ts";
import { type FakeServer, type Fault, startFakeServer } from "../src/endpoint/fake-server.fake.ts";
import {
  killedAfter,
  killedWhen,
  oppo,
  writeClips,
  writeMme,
  writeOvmerd,
} from "./bench-run.fixture.ts";
import { fakeAnswer } from "./fakes/answers.ts";

// A run that is started again: to go further, with its paths written differently, after its judge
// was away.

let folder: string;
let server: FakeServer;
/** Changed by tests; the server looks each time. */
let fault: (request: FakeRequest) => Fault | undefined;
const at = (...names: string[]) => join(folder, ...names);
const samples = 6;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-bench-again-"));
  await writeMme(at("mme"), samples / 2);
  await writeOvmerd(at("mer"), samples);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  fault = () => undefined;
  server = await startFakeServer({ answer: fakeAnswer, fault: (one) => fault(one), latencyMs: 5 });
});
afterEach(() => server.close());

const mme = (out: string, ...more: string[]) => [
  ...["bench", "mme-emotion", "--data", at("mme"), "--model", "m", "--base-url", server.baseUrl],
  ...["--judge-model", "j", "--attempts", "1", "--concurrency", "2", "--out", out, ...more],
];
const mer = (out: string, ...more: string[]) => [
  ...["bench", "mer-unibench", "--data", at("mer"), "--model", "m", "--base-url", server.baseUrl],
  ...["--judge-model", "j", "--attempts", "1", "--concurrency", "2", "--out", out, ...more],
];
const result = (out: string) => readJson<BenchmarkResult[]>(join(out, "results.json"))[0]!;
const judging = ({ text }: FakeRequest) => text.includes("Score each reasoning step");
const asked = () => server.requests.filter(({ model }) => model === "m").length;

describe("a judge that fails", () => {
  it("stops the run where it is dead, for then nothing was measured", async () => {
    const out = at("dead");
    fault = (request) => (judging(request) ? "500" : undefined);
    const { code, text } = await oppo(mme(out));
    expect(code).toBe(1);
    expect(text).toMatch(/STAGE_FAILS: judge: .*ENDPOINT_HTTP/);
    expect(existsSync(join(out, "results.json"))).toBe(false);
    const extractor = await oppo(mer(at("dead-mer"), "--judge-base-url", "http://127.0.0.1:1/v1"));
    expect(extractor.text).toMatch(/STAGE_FAILS: read labels: .*ENDPOINT_UNREACHABLE/);
    // The answers are paid for and stay.
    fault = () => undefined;
    const before = asked();
    expect(await oppo(mme(out, "--retry-failed"))).toMatchObject({ code: 0 });
    expect(asked()).toBe(before);
    expect(result(out).sets[1]!.counts).toMatchObject({ asked: 3, failed: 0 });
  });

  it("leaves failures that a second start repeats and --retry-failed asks anew", async () => {
    const out = at("unreadable");
    fault = (request) =>
      judging(request) && /FG-ER\/video\/1/.test(request.text) ? "malformed" : undefined;
    expect(await oppo(mme(out))).toMatchObject({ code: 0 });
    const first = result(out);
    expect(first.sets[1]!.counts.failures).toEqual({ JUDGE_UNREADABLE: 1 });
    const rows = readJson<{ video_id: string; score: string | null }[]>(
      join(out, "official/FG-ER.json"),
    );
    expect(rows.map(({ score }) => score === null)).toEqual([false, true, false]);
    fault = () => undefined;
    expect(await oppo(mme(out))).toMatchObject({ code: 0 });
    expect(result(out)).toEqual(first);
    expect(await oppo(mme(out, "--retry-failed"))).toMatchObject({ code: 0 });
    expect(result(out).sets[1]!.counts.failed).toBe(0);
    expect(result(out).notes.join()).toMatch(/1 answers were not judged.*no audio clue/);
  });

  it("a label reader's failure is repeated too", async () => {
    const out = at("reader");
    let failures = 0;
    fault = ({ text }) =>
      text.includes("List the emotional states") && failures++ === 0 ? "500" : undefined;
    expect(await oppo(mer(out))).toMatchObject({ code: 0 });
    const first = result(out);
    expect(first.sets[0]!.counts).toMatchObject({ failed: 1, failures: { ENDPOINT_HTTP: 1 } });
    expect(await oppo(mer(out))).toMatchObject({ code: 0 });
    expect(result(out)).toEqual(first);
    expect(await oppo(mer(out, "--retry-failed"))).toMatchObject({ code: 0 });
    expect(result(out).sets[0]!.counts.failed).toBe(0);
  });
});

describe("a run that is started again", () => {
  it("goes on where it was when more is wanted, and paths and addresses are written differently", async () => {
    const out = at("further");
    expect(await oppo(mme(out, "--limit", "1"))).toMatchObject({ code: 0 });
    expect(asked()).toBe(2);
    const command = mme(out, "--limit", "2").map((part) =>
      part === at("mme")
        ? relative(process.cwd(), part)
        : part === server.baseUrl
          ? `${part.replace("127.0.0.1", "localhost")}/`
          : part,
    );
    expect(await oppo(command)).toMatchObject({ code: 0 });
    expect(asked()).toBe(4);
    expect(readJson(join(out, "config.json"))).toMatchObject({ limit: 2 });
    expect(result(out).sets.map(({ counts }) => counts.asked)).toEqual([2, 2]);
  });

  it("gives the same bytes though it was killed among its judgements", async () => {
    const [calm, killed] = [at("calm"), at("killed")];
    expect(await oppo(mme(calm))).toMatchObject({ code: 0 });
    const kill = await killedAfter(mme(killed), join(killed, "judged.jsonl"), 2);
    expect(kill.killed).toBe(true);
    expect(kill.rows).toBeLessThan(samples);
    expect(await oppo(mme(killed))).toMatchObject({ code: 0 });
    for (const file of ["results.json", "results.md", "results.html", "official/ER-Lab.json"]) {
      expect(readFileSync(join(killed, file), "utf8")).toBe(readFileSync(join(calm, file), "utf8"));
    }
  });

  it("sends what it is told to send, and adds up what both models cost", async () => {
    const out = at("told");
    const told = [
      "--max-tokens",
      "3",
      "--model-seed",
      "7",
      "--token-field",
      "max_completion_tokens",
    ];
    const extra = ["--extra", '{"temperature": 0.25}'];
    const prices = ["--price-in", "1", "--judge-price-in", "10", "--judge-price-out", "20"];
    const command = mme(out, "--limit", "1", ...told, ...extra, ...prices);
    expect(await oppo(command)).toMatchObject({ code: 0 });
    const [request] = server.requests.filter(({ model }) => model === "m");
    expect(request).toMatchObject({ maxTokens: 3, seed: 7, temperature: 0.25 });
    const { usage, notes, protocol } = result(out);
    const { promptTokens, completionTokens } = usage!.tools!;
    expect(usage!.toolsCost).toBeCloseTo((10 * promptTokens + 20 * completionTokens) / 1e6, 12);
    expect(usage!.cost).toBeCloseTo(usage!.promptTokens / 1e6, 12);
    expect(notes.join()).toMatch(/2 answers were cut at the token limit/);
    expect(protocol.settings).toMatchObject({ "answer tokens": 3, "model seed": 7 });
    const other = await oppo([...command, "--extra", '{"temperature": 0.5}']);
    expect(other.text).toMatch(/BENCH_RUN_DIFFERS.*another extra/);
    expect((await oppo(mme(out, "--extra", "top_p"))).text).toContain("OPTION_JSON");
  });

  it("sends whole films where told to", async () => {
    expect(await oppo(mme(at("films"), "--media", "video", "--limit", "1"))).toMatchObject({
      code: 0,
    });
    const [film] = server.requests.filter(({ model }) => model === "m");
    expect(film!.media.map(({ kind }) => kind)).toContain("video");
  });
});

describe("oppo bench mep, started again", () => {
  const items = () => at("items.json");
  const mep = (out: string, ...more: string[]) => [
    ...["bench", "mep", "--items", items(), "--clips", at("clips"), "--model", "m"],
    ...["--base-url", server.baseUrl, "--attempts", "1", "--concurrency", "2", "--rpm", "6000"],
    ...["--tpm", "1000000", "--embedder", "lexical", "--out", out, ...more],
  ];

  beforeAll(async () => {
    await writeClips(at("clips"), ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]);
    const texts = [
      "he smiles broadly",
      "she lowers her head",
      "he frowns deeply",
      "she looks away",
    ];
    const rows = texts.map(
      (seen, i) => `${"abcd"[i]},"In the video, ${seen}. In the audio, a loud voice.",${i < 2}`,
    );
    writeFileSync(at("texts.csv"), `name,english,congruent\n${rows.join("\n")}\n`);
    const build = ["bench", "mep", "build", "--data", at("texts.csv"), "--clips", at("clips")];
    const lexical = [...build, "--embedder", "lexical"];
    expect(await oppo([...lexical, "--out", items()])).toMatchObject({ code: 0 });
    expect(await oppo([...lexical, "--sample", "2", "--out", at("two.json")])).toMatchObject({
      code: 0,
    });
  });

  it("builds a sample in proportion to congruent rows", () => {
    const { samples } = readJson<{ items: { samples: { congruent: boolean }[] } }>(
      at("two.json"),
    ).items;
    expect(samples.map(({ congruent }) => congruent).sort()).toEqual([false, true]);
  });

  it("repeats failures until told to ask again, a part of the items first", async () => {
    const out = at("mep");
    fault = ({ text }) => (text.includes("smiles broadly") ? "500" : undefined);
    expect(await oppo(mep(out, "--sample", "2"))).toMatchObject({ code: 0 });
    expect(await oppo(mep(out))).toMatchObject({ code: 0 });
    const first = result(out);
    expect(first.sets[0]!.counts.failures).toEqual({ ENDPOINT_HTTP: expect.any(Number) });
    const { failed } = first.sets[0]!.counts;
    fault = () => undefined;
    const before = asked();
    expect(await oppo(mep(out))).toMatchObject({ code: 0 });
    expect(result(out)).toEqual(first);
    expect(asked()).toBe(before);
    expect(await oppo(mep(out, "--retry-failed"))).toMatchObject({ code: 0 });
    expect(asked()).toBe(before + failed);
    expect(result(out).sets[0]!.counts.failed).toBe(0);
  });

  it("gives the same bytes though it was killed while clips were masked", async () => {
    const [calm, killed] = [at("mep-calm"), at("mep-killed")];
    expect(await oppo(mep(calm))).toMatchObject({ code: 0 });
    rmSync(at("masked"), { recursive: true });
    const kill = await killedWhen(
      mep(killed),
      () => existsSync(at("masked")) && readdirSync(at("masked")).length > 1,
    );
    expect(kill).toBe(true);
    expect(existsSync(join(killed, "results.json"))).toBe(false);
    expect(await oppo(mep(killed))).toMatchObject({ code: 0 });
    expect(readFileSync(join(killed, "results.json"))).toEqual(
      readFileSync(join(calm, "results.json")),
    );
  });

  it("refuses clips that were swapped under their names", async () => {
    copyFileSync(at("clips", "b.mp4"), at("clips", "c.mp4"));
    expect((await oppo(mep(at("swapped")))).text).toMatch(/MEP_CLIP_CHANGED.*c\.mp4/);
    expect(asked()).toBe(0);
  });
});
