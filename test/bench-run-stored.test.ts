import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BenchmarkResult } from "../src/bench/ask/result.ts";
import { readJson } from "../src/core/files.ts";
import { startFakeServer } from "../src/endpoint/fake-server.fake.ts";
import { oppo, writeMme } from "./bench-run.fixture.ts";
import { fakeAnswer } from "./fakes/answers.ts";
import { needs } from "./needs.ts";

const parity = resolve(import.meta.dirname, "../../shared/parity");
interface OfficialCase {
  task: string;
  rows: object[];
  expected: { text: string };
}

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const truth = { s1: "happy", s2: "angry", s3: "sad", s4: "neutral" };

function rows(file: string, list: readonly object[]): string {
  writeFileSync(at(file), list.map((row) => `${JSON.stringify(row)}\n`).join(""));
  return at(file);
}

const results = (out: string): BenchmarkResult[] => readJson(at(out, "results.json"));
const score = (...args: string[]) => oppo(["bench", "mer-unibench", ...args]);
const main = ({ sets }: BenchmarkResult) => sets[0]!.metrics[0]!.value;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-stored-"));
  mkdirSync(at("runs"));
  writeFileSync(at("mer2023.json"), JSON.stringify(truth));
  const openset = (...lists: string[]) =>
    lists.map((list, i) => ({ name: `s${i + 1}`, openset: list }));
  rows("runs/mer2023.epoch1.jsonl", openset("[joy]", "[happy]", "[sad]", "[]"));
  rows("runs/mer2023.epoch2.jsonl", openset("[joy]", "[angry]", "[sad]", "[]"));
  rows("runs/mer2023.epoch3.jsonl", openset("[sad]", "[sad]", "[sad]", "[]"));
  await writeMme(at("mme"), 3);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("stored labels", () => {
  it("of several checkpoints are scored under every way of choosing one", async () => {
    const args = ["--labels", at("mer2023.json"), "--predictions", at("runs"), "--out", at("all")];
    expect(await score(...args)).toMatchObject({ code: 0 });
    const found = results("all");
    expect(found.map(({ protocol }) => protocol.name)).toEqual([
      expect.stringContaining("per set by the test score itself"),
      expect.stringContaining("one checkpoint for all sets"),
      "the last checkpoint",
    ]);
    // "neutral" is a word of our own list, so the fourth sample counts and is missed.
    expect(found.map(main)).toEqual([75, 75, 25]);
    expect(found[0]!.notes.join("\n")).toContain("not comparable with any published number");
  });

  it("that miss samples, or have too many, are refused by name", async () => {
    const labels = ["--labels", `mer2023=${at("mer2023.json")}`];
    const less = rows("less.jsonl", [{ name: "s1", openset: "[joy]" }]);
    expect((await score(...labels, "--predictions", `mer2023=${less}`)).text).toMatch(
      /PREDICTIONS_MISSING.*3 of 4.*s2, s3, s4/,
    );
    const list = Object.keys(truth).map((name) => ({ name, openset: "[joy]" }));
    const more = rows("more.jsonl", [...list, { name: "s9", openset: "[joy]" }]);
    expect((await score(...labels, "--predictions", `mer2023=${more}`)).text).toMatch(
      /PREDICTIONS_EXTRA.*s9/,
    );
    expect((await score(...labels, "--predictions", `mer2021=${more}`)).text).toContain(
      "SET_UNKNOWN",
    );
  });
});

describe("stored answers in free text", () => {
  it("are read from <answer> without any server, and the result says so", async () => {
    const texts = Object.entries(truth).map(([name, emotion]) => ({
      name,
      response: `<think>Hm.</think><answer>${emotion}, loud</answer>`,
    }));
    const file = rows("texts.jsonl", texts);
    const args = [
      ...["--labels", `mer2023=${at("mer2023.json")}`, "--predictions", `mer2023=${file}`],
      ...["--labels-from", "answer", "--out", at("texts")],
    ];
    expect(await score(...args)).toMatchObject({ code: 0 });
    const [result] = results("texts");
    expect(main(result!)).toBe(100);
    expect(result!.notes.join("\n")).toContain("not the official way");
    rows(
      "texts.jsonl",
      texts.map((row) => ({ ...row, response: "<answer>sad</answer>" })),
    );
    expect((await score(...args)).text).toMatch(/BENCH_RUN_DIFFERS.*another model/);
  });

  it("of MME-Emotion are judged; nothing is asked of the model under test", async () => {
    const server = await startFakeServer({ answer: fakeAnswer });
    try {
      const ids = [0, 1, 2].map((i) => `FG-ER/FG-ER/video/${i}.mp4`);
      const text = "A smile is seen. <answer>happy</answer>";
      const file = rows(
        "mme.jsonl",
        ids.map((id) => ({ id, text })),
      );
      const args = [
        ...["bench", "mme-emotion", "--data", at("mme"), "--tasks", "FG-ER", "--predictions", file],
        ...["--judge-model", "j", "--judge-base-url", server.baseUrl, "--out", at("judged")],
      ];
      const { code, text: error } = await oppo(args);
      expect(code, error).toBe(0);
      const [result] = results("judged");
      expect(result!.sets[0]!.counts).toMatchObject({ asked: 3, answered: 3, failed: 0 });
      expect(result!.model).toMatch(/^answers of mme.jsonl/);
      expect(server.requests.every(({ model }) => model === "j")).toBe(true);
      // The official files: bare ids, other field names, a list. A part of them is a part of the
      // benchmark.
      const official = ids.map((id) => ({ video_id: id.slice(6), model_response: text }));
      writeFileSync(at("FG-ER_answers.json"), JSON.stringify(official));
      const swap = (from: string, to: string) => args.map((arg) => (arg === from ? to : arg));
      const part = swap(file, at("FG-ER_answers.json")).concat("--limit", "2", "--out", at("part"));
      expect(await oppo(part)).toMatchObject({ code: 0 });
      expect(results("part")[0]!.sets[0]!.counts).toMatchObject({ asked: 2, answered: 2 });
      rows(
        "more.jsonl",
        [...ids, "FG-ER/nowhere.mp4"].map((id) => ({ id, text })),
      );
      expect((await oppo(swap(file, at("more.jsonl")))).text).toMatch(/PREDICTIONS_EXTRA.*nowhere/);
      // What was judged here is scored again without any judge, to the same numbers.
      const before = server.requests.length;
      const again = ["--judged", at("judged", "official", "FG-ER.json"), "--out", at("again")];
      expect(await oppo(["bench", "mme-emotion", ...again])).toMatchObject({ code: 0 });
      expect(server.requests.length).toBe(before);
      expect(results("again")[0]!.sets).toEqual(result!.sets);
      expect(readFileSync(at("judged", "official", "FG-ER.txt"), "utf8")).toContain(
        "Total Count: 3",
      );
    } finally {
      await server.close();
    }
  });

  it.skipIf(!needs.shared.met)(
    `of MME-Emotion that are judged already score as the official code does ${needs.shared.title}`,
    async () => {
      const cases = readJson<OfficialCase[]>(join(parity, "mme", "metrics_cases.json"));
      const {
        task,
        rows: judged,
        expected,
      } = cases.find((one) => one.task !== "Overall" && one.rows.length > 3)!;
      writeFileSync(at(`${task}_judged.json`), JSON.stringify(judged));
      const args = [
        "bench",
        "mme-emotion",
        "--judged",
        at(`${task}_judged.json`),
        "--out",
        at("off"),
      ];
      expect(await oppo(args)).toMatchObject({ code: 0 });
      const text = readFileSync(at("off", "official", `${task}.txt`), "utf8");
      expect(text.split("\n").slice(2)).toEqual(expected.text.split("\n").slice(2));
      writeFileSync(at("SA.json"), '[{"ground_truth": "positive"}]');
      expect((await oppo(["bench", "mme-emotion", "--judged", at("SA.json")])).text).toMatch(
        /FIELD_MISSING.*row 1 lacks ground_truth or score/,
      );
      writeFileSync(at("odd.json"), "[]");
      expect((await oppo(["bench", "mme-emotion", "--judged", at("odd.json")])).text).toContain(
        "TASK_UNNAMED",
      );
    },
  );
});
