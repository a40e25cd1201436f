import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BenchmarkResult } from "../src/bench/ask/result.ts";
import { readJson } from "../src/core/files.ts";
import type { FakeRequest } from "../src/endpoint/fake-request.fake.ts";
import {
  type FakeServer,
  type Fault,
  seededFaults,
  startFakeServer,
} from "../src/endpoint/fake-server.fake.ts";
import {
  killedAfter,
  lines,
  oppo,
  writeClips,
  writeMme,
  writeOvmerd,
} from "./bench-run.fixture.ts";
import { fakeAnswer } from "./fakes/answers.ts";
import { needs } from "./needs.ts";

let folder: string;
let server: FakeServer;
const at = (...names: string[]) => join(folder, ...names);
const samples = 16;

const transient: Fault[] = [
  ...(["429", "429-after", "500", "reset", "truncate", "garbage", "empty"] as const),
  ...(["stall", "stall-body"] as const),
];
/**
 * Drawn by content, which another processor's encoders may change; so each kind also has a sample
 * of its own.
 */
const own = (text: string): Fault | undefined => {
  const sample = Number(/Well, number (\d+)\./.exec(text)?.[1] ?? Number.NaN) - 4;
  return transient[sample];
};
const sometimes = seededFaults("bench-run", 0.25, transient, 1);
/**
 * Sample 3 never gets an answer; the judge's first reply about clip 2 has no scores, about clip 4
 * never.
 */
function fault(request: FakeRequest, attempt: number): Fault | undefined {
  if (request.text.includes("Well, number 3.")) return "500";
  const judging = request.text.includes("Score each reasoning step");
  if (judging && /FG-ER\/video\/4/.test(request.text)) return "malformed";
  if (judging && /ER\/video\/2/.test(request.text) && request.seed === undefined)
    return "malformed";
  const first = attempt === 1 ? own(request.text) : undefined;
  const drawn = first ?? sometimes(request, attempt);
  if (drawn) met.add(drawn);
  return drawn;
}
/** Kinds of transient faults that some run met. */
const met = new Set<Fault>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-bench-run-"));
  await writeOvmerd(at("mer"), samples);
  await writeMme(at("mme"), samples / 2);
  await writeClips(at("clips"), ["a.mp4", "b.mp4", "c.mp4"]);
  const texts = [
    "a,In the video, he smiles broadly. In the audio, a loud voice.",
    "b,In the video, she lowers her head. In the audio, a trembling voice.",
    "c,In the video, he frowns deeply. In the audio, he shouts.",
  ].map((row) => row.replace(/,(.*)/, ',"$1"'));
  writeFileSync(at("texts.csv"), `name,english\n${texts.join("\n")}\n`);
  const built = await oppo([
    ...["bench", "mep", "build", "--data", at("texts.csv"), "--clips", at("clips")],
    ...["--out", at("items.json"), "--embedder", "lexical", "--probes", "2"],
  ]);
  expect(built).toMatchObject({ code: 0 });
  const paper = await oppo([
    ...["bench", "mep-paper", "build", "--data", at("texts.csv"), "--clips", at("clips")],
    ...["--out", at("paper.json"), "--embedder", "lexical", "--extractor", "rules"],
  ]);
  expect(paper).toMatchObject({ code: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  server = await startFakeServer({ answer: fakeAnswer, fault, latencyMs: 20 });
});
afterEach(() => server.close());

const asking = () => [
  ...["--model", "m", "--base-url", server.baseUrl, "--concurrency", "2"],
  ...["--attempts", "2", "--price-in", "1", "--price-out", "4"],
  // many times what an answer takes, so that only stalls are overdue
  ...["--timeout", "3"],
];
const judging = ["--judge-model", "j"];
const commands: Record<string, () => string[]> = {
  "mer-unibench": () => ["mer-unibench", "--data", at("mer"), ...asking(), ...judging],
  "mme-emotion": () => ["mme-emotion", "--data", at("mme"), ...asking(), ...judging],
  mep: () => [
    ...["mep", "--items", at("items.json"), "--clips", at("clips"), ...asking()],
    ...["--embedder", "lexical"],
  ],
  "mep-paper": () => [
    ...["mep-paper", "--items", at("paper.json"), "--clips", at("clips"), ...asking()],
    ...["--embedder", "lexical", ...judging],
  ],
};

const journalOf = (name: string, out: string) =>
  name === "mep"
    ? join(out, `m at ${server.baseUrl}`.replaceAll(/[^\w.-]+/g, "_"), "answers.jsonl")
    : join(out, "answers.jsonl");
const resultsOf = (out: string): BenchmarkResult[] => readJson(join(out, "results.json"));
const written = (out: string) =>
  ["results.json", "results.md", "results.html"].map((file) =>
    readFileSync(join(out, file), "utf8"),
  );

describe("oppo bench against a server that fails", () => {
  it.each(Object.keys(commands))(
    "%s: killed half way and started again, gives the bytes of an undisturbed run",
    async (name) => {
      const command = ["bench", ...commands[name]!()];
      const [calm, killed] = [at(`${name}-calm`), at(`${name}-killed`)];
      const undisturbed = await oppo([...command, "--out", calm]);
      expect(undisturbed, undisturbed.text).toMatchObject({ code: 0 });

      const journal = journalOf(name, killed);
      const kill = await killedAfter([...command, "--out", killed], journal, 6);
      expect(kill.killed).toBe(true);
      expect(existsSync(join(killed, "results.json"))).toBe(false);
      const before = readFileSync(journal, "utf8").split("\n").slice(0, kill.rows);
      const resumed = await oppo([...command, "--out", killed]);
      expect(resumed, resumed.text).toMatchObject({ code: 0 });
      expect(written(killed)).toEqual(written(calm));

      const rows = readFileSync(journal, "utf8").trim().split("\n");
      expect(rows.slice(0, kill.rows)).toEqual(before);
      const ids = rows.map((row) => (JSON.parse(row) as { id: string }).id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBe(lines(journalOf(name, calm)));
      const [result] = resultsOf(calm);
      for (const { counts } of result!.sets) {
        expect(counts.answered + counts.failed).toBe(counts.asked);
      }
      expect(result!.usage!.cost).toBeGreaterThan(0);
    },
  );

  it("met every kind of transient fault on the way", () => {
    expect([...met].sort()).toEqual([...transient].sort());
  });

  it("counts failures by code, leaves them out, and asks again with --retry-failed", async () => {
    const out = at("mer-unibench-calm");
    const [result] = resultsOf(out);
    expect(result!.sets[0]!.counts).toEqual({
      asked: samples,
      answered: samples - 1,
      failed: 1,
      unparseable: 0,
      failures: { ENDPOINT_HTTP: 1 },
    });
    expect(result!.notes.join("\n")).toContain(`1 of ${samples} samples have no prediction`);
    await server.close();
    const well = await startFakeServer({
      answer: fakeAnswer,
      port: Number(new URL(result!.model.split(" at ")[1]!).port),
    });
    server = well;
    const command = ["bench", ...commands["mer-unibench"]!(), "--out", out];
    expect((await oppo(command)).code).toBe(0);
    expect(resultsOf(out)).toEqual([result]);
    expect((await oppo([...command, "--retry-failed"])).code).toBe(0);
    expect(well.requests.filter(({ model }) => model === "m")).toHaveLength(1);
    expect(resultsOf(out)[0]!.sets[0]!.counts).toMatchObject({ answered: samples, failed: 0 });
  });

  it("keeps judgements that fail as nulls, and says so", () => {
    const [result] = resultsOf(at("mme-emotion-calm"));
    const [lab, fine] = result!.sets;
    expect(lab!.counts).toMatchObject({ failed: 1, failures: { AUDIO_CLUE_MISSING: 1 } });
    expect(fine!.counts).toMatchObject({ failed: 1, failures: { JUDGE_UNREADABLE: 1 } });
    expect(fine!.metrics[0]!.n).toBe(samples / 2 - 1);
    expect(result!.notes.join("\n")).toContain("1 answers without judgement");
  });

  it("refuses to go on under other settings, naming them", async () => {
    const out = at("mer-unibench-calm");
    const config = readJson<{ model: string }>(join(out, "config.json"));
    const baseUrl = config.model.split(" at ")[1]!;
    const command = commands["mer-unibench"]!().map((part) =>
      part === server.baseUrl ? baseUrl : part,
    );
    const { code, text } = await oppo(["bench", ...command, "--out", out, "--fps", "2"]);
    expect(code).toBe(1);
    expect(text).toMatch(/BENCH_RUN_DIFFERS.*another fps/);
  });
});

describe("oppo bench without a usable server or data", () => {
  it("stops at once where the server knows no such page, and records nothing", async () => {
    const out = at("lost");
    const command = ["bench", ...commands["mer-unibench"]!(), "--out", out];
    const lost = command.map((part) => (part === server.baseUrl ? `${part}/v9` : part));
    const { code, text } = await oppo(lost);
    expect(code).toBe(1);
    expect(text).toContain("ENDPOINT_NOT_FOUND");
    expect(lines(join(out, "answers.jsonl"))).toBe(0);
  });

  it("says where data come from, and under which terms", async () => {
    const { text } = await oppo([
      ...["bench", "mer-unibench", "--data", at("mer"), "--sets", "iemocapfour", ...asking()],
      ...judging,
    ]);
    expect(text).toMatch(/DATA_MISSING.*IEMOCAP.*signed licence/);
  });
});

const shared = resolve(import.meta.dirname, "../../shared/data");

describe.skipIf(!needs.shared.met)(
  `stored predictions of the shared data folder ${needs.shared.title}`,
  () => {
    it("give the published numbers", async () => {
      const out = at("published");
      const { code, text } = await oppo([
        ...["bench", "mer-unibench", "--predictions", join(shared, "affectgpt_outputs")],
        ...["--labels", join(shared, "labels"), "--wheels", join(shared, "emotion_wheel")],
        ...["--out", out],
      ]);
      expect(code, text).toBe(0);
      const rows = resultsOf(out).map(({ protocol, sets }) => [
        protocol.mapping,
        ...sets.map(({ metrics }) => metrics[0]!.value!.toFixed(2)),
      ]);
      expect(rows).toEqual([
        ["unibench", "78.54", "60.54", "81.30"],
        ["mer2026", "78.54", "60.51", "81.30"],
      ]);
    });
  },
);
