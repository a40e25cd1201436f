import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchmarkResult } from "../src/bench/ask/result.ts";
import { readJson } from "../src/core/files.ts";
import { oppo } from "./bench-run.fixture.ts";

/* Scoring of stored labels through the command: what reaches the metrics is what the files hold. */

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
function write(name: string, content: unknown): string {
  const text = typeof content === "string" ? content : JSON.stringify(content);
  writeFileSync(at(name), text);
  return at(name);
}
const fixtures = join(import.meta.dirname, "../src/bench/files/fixtures");

/** Scores predictions of one set; the result, or the error's text. */
async function score(set: string, truth: unknown, said: unknown, ...more: string[]) {
  const labels = write(`${set}-truth.json`, truth);
  const predictions = write(`${set}-said.json`, said);
  return run("--labels", `${set}=${labels}`, "--predictions", `${set}=${predictions}`, ...more);
}

async function run(...args: string[]): Promise<{ results: BenchmarkResult[]; text: string }> {
  const out = at("out");
  rmSync(out, { recursive: true, force: true });
  const { text } = await oppo(["bench", "mer-unibench", ...args, "--out", out]);
  const file = join(out, "results.json");
  return { results: existsSync(file) ? readJson(file) : [], text };
}

const table = (out: string) => readFileSync(at(out, "results.md"), "utf8");
const main = ({ results }: { results: BenchmarkResult[] }) =>
  results[0]?.sets[0]?.metrics[0]?.value;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-labels-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("labels of files", () => {
  it("score as lists where they are lists, as text where they are text", async () => {
    const truth = { s1: "happy", s2: "angry" };
    expect(main(await score("mer2023", truth, { s1: "[joy, sad]", s2: "[mad]" }))).toBe(100);
    expect(main(await score("mer2023", truth, { s1: ["joy, sad"], s2: ["mad"] }))).toBe(50);
    expect(main(await score("mer2023", truth, { s1: "[", s2: "[mad]" }))).toBe(50);
    expect((await score("mer2023", truth, { s1: "[", s2: "[mad]" }, "--compat")).text).toContain(
      "PYTHON_INDEX_ERROR",
    );
    const lists = { s1: ["happy"], s2: ["angry"] };
    expect((await score("mer2023", lists, lists)).text).toContain("TRUTH_SHAPE");
    expect((await score("mer2023", lists, lists, "--compat")).text).toContain("PYTHON_TYPE_ERROR");
  });

  it("give a clear error where the score is not defined, and the official NaN in compat mode", async () => {
    const truth = { s1: ["happy"], s2: ["sad"] };
    const wrong = { s1: ["angry"], s2: ["angry"] };
    expect((await score("ovmerdplus", truth, wrong)).text).toContain("EW_UNDEFINED");
    const compat = await score("ovmerdplus", truth, wrong, "--compat");
    expect(compat.results[0]!.sets[0]!.metrics[0]).toMatchObject({ value: null, nan: true });
    expect(table("out")).toContain("| nan | nan |");
    expect(main(await score("ovmerdplus", truth, wrong, "--ew-rules", "mer2026"))).toBe(0);
    const zeros = await score("sims", { s1: 0 }, { s1: "positive" });
    expect(zeros.text).toContain("NOTHING_SCORED");
    expect(zeros.results).toEqual([]);
  });

  it("of an open set have MER2024-OV's score too where synonyms are given", async () => {
    const synonyms = write("synonyms.json", { s1: "[['happy', 'glad']]", s2: "[]" });
    const said = { s1: ["glad", "angry"], s2: ["sad"] };
    const truth = { s1: ["happy"], s2: ["sad"] };
    const { results } = await score("ovmerdplus", truth, said, "--synonyms", synonyms);
    const metric = (name: string) => results[0]!.sets[0]!.metrics.find(({ id }) => id === name);
    expect(metric("set-level-precision")).toMatchObject({ value: 75, low: 50, high: 100 });
    expect(metric("set-level")).toMatchObject({ value: 87.5, low: 75, high: 100 });
  });

  it("that give no score end the command, after the results of answers that were read", async () => {
    const truth = { s1: ["happy"] };
    const said = [{ name: "s1", response: "<answer>angry</answer>" }];
    const { results, text } = await score("ovmerdplus", truth, said, "--labels-from", "answer");
    expect(text).toMatch(/SCORE_UNDEFINED.*no prediction is right/);
    expect(results[0]!.sets[0]).toMatchObject({
      counts: { answered: 1 },
      metrics: [{ value: null }],
    });
  });

  it("are named where they are wrong, whatever they were taken for", async () => {
    const truth = write("truth.json", { s1: "happy" });
    const refused = async (name: string, content: string) => {
      const file = write(name, content);
      const args = ["--labels", `mer2023=${truth}`, "--predictions", `mer2023=${file}`];
      return (await run(...args)).text;
    };
    expect(await refused("p.jsonl", "")).toMatch(/PREDICTIONS_EMPTY.*p\.jsonl/);
    expect(await refused("p.jsonl", '{"name": "s1", "emotion": "x"}\n')).toMatch(
      /FIELD_MISSING.*its fields: name, emotion/,
    );
    expect(await refused("p.csv", "name,emotion\ns1,x\n")).toContain("FIELD_MISSING");
    expect(await refused("p.json", '{"s1": NaN}')).toBe("");
  });

  it("of a part of the set are taken from a file of all of it", async () => {
    const truth = { s1: "happy", s2: "sad", s3: "sad", s4: "angry" };
    const all = await score("mer2023", truth, truth, "--limit", "2");
    expect(all.results[0]!.sets[0]!.counts.asked).toBe(2);
    expect(main(all)).toBe(100);
    const extra = await score("mer2023", truth, { ...truth, s9: "[sad]" }, "--limit", "2");
    expect(extra.text).toMatch(/PREDICTIONS_EXTRA.*s9/);
  });
});

describe("files of the official pipeline", () => {
  it("are one checkpoint a name: answers, labels and sentiments of it are not three", async () => {
    mkdirSync(at("official"));
    for (const [from, to] of [
      ["predictions.npz", "mer2023.checkpoint_5.npz"],
      ["predictions-openset.npz", "mer2023.checkpoint_5-openset.npz"],
      ["predictions-openset.npz", "mer2023.checkpoint_10-openset.npz"],
      ["predictions-openset.npz", "cmumosi.checkpoint_5-openset.npz"],
      ["predictions-openset-sentiment.npz", "cmumosi.checkpoint_5-openset-sentiment.npz"],
      ["predictions-openset-sentiment.npz", "cmumosi.checkpoint_10-openset-sentiment.npz"],
    ] as const) {
      cpSync(join(fixtures, from), at("official", to));
    }
    const emotions = write("emotions.json", { s1: "happy", s2: "sad" });
    const values = write("values.json", { s1: 1, s2: -0.5 });
    const { results, text } = await run(
      ...["--labels", `mer2023=${emotions}`, `cmumosi=${values}`, "--predictions", at("official")],
    );
    expect(results, text).toHaveLength(3);
    const checkpoints = results.map(({ sets }) => sets.map(({ checkpoint }) => checkpoint));
    expect(checkpoints[1]).toEqual(["checkpoint_5", "checkpoint_5"]);
    expect(checkpoints[2]).toEqual(["checkpoint_10", "checkpoint_10"]);
    cpSync(
      join(fixtures, "predictions-openset.npz"),
      at("official/mer2023-checkpoint_5-openset.npz"),
    );
    expect(
      (await run("--labels", `mer2023=${emotions}`, "--predictions", at("official"))).text,
    ).toContain("CHECKPOINT_TWICE");
  });
});

it("a folder of other labels is not written over; --name is what tables show", async () => {
  const args = (said: unknown) => [
    ...["bench", "mer-unibench", "--labels", `mer2023=${write("t.json", { s1: "happy" })}`],
    ...["--predictions", `mer2023=${write("p.json", said)}`, "--out", at("kept"), "--name", "Ours"],
  ];
  await oppo(args({ s1: "[joy]" }));
  expect(table("kept")).toContain("| Ours | 100.00");
  expect(readJson<BenchmarkResult[]>(at("kept", "results.json"))[0]).toMatchObject({
    name: "Ours",
    model: "predictions of p.json",
  });
  expect((await oppo(args({ s1: "[joy]" }))).code).toBe(0);
  expect((await oppo(args({ s1: "[sad]" }))).text).toMatch(/BENCH_RUN_DIFFERS.*content/);
});
