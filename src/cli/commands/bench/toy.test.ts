import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BenchmarkResult, countsOf } from "../../../bench/ask/result.ts";
import type { Benchmark } from "../../../bench/port.ts";
import { ConfigError } from "../../../core/errors.ts";
import { type FakeServer, startFakeServer } from "../../../endpoint/fake-server.fake.ts";
import { Html } from "../../../report/html.ts";
import { benchCommand } from "../bench.ts";
import { benchmarks } from "./benchmarks.ts";
import { type BenchmarkEntry, entry } from "./command.ts";

const sums = [
  { id: "two", prompt: "1 + 1", right: "2" },
  { id: "four", prompt: "2 + 2", right: "4" },
];

/** A benchmark of two sums: everything that a new one has to bring. */
const toy: Benchmark<{ right?: string }> = {
  id: "sums",
  title: "Sums",
  description: "two sums",
  options: [{ flags: "--right <text>", description: "what counts as right", choices: ["4", "5"] }],
  async prepare({ right }) {
    if (right === "5") throw new ConfigError("SUM", "no sum gives 5");
    return {
      questions: () => sums.map(({ id, prompt }) => ({ id, prompt, media: {}, maxTokens: 8 })),
      grader: () => ({
        facts: { sums: sums.length },
        async grade([answered]) {
          const { model, asked, settings } = answered!;
          const correct = sums.filter(({ id, right: sum }) => asked.answers.get(id)?.text === sum);
          const metric = { id: "right", label: "right", value: 50 * correct.length, n: 2 };
          const result: BenchmarkResult = {
            benchmark: "sums",
            model,
            sets: [
              {
                name: "all sums",
                metrics: [{ ...metric, unit: "percent", better: "higher" }],
                counts: countsOf(2, asked.answers.size, 0, {}),
              },
            ],
            protocol: { name: "sums-1", tools: {}, settings },
            notes: [],
          };
          return { results: [result], files: { "right.txt": `${correct.length}\n` } };
        },
      }),
    };
  },
};

const folder = mkdtempSync(join(tmpdir(), "oppo-toy-"));
let server: FakeServer;
beforeEach(async () => {
  const answer = ({ text }: { text: string }) => (text.includes("1 + 1") ? "2" : "5");
  server = await startFakeServer({ answer });
});
afterEach(() => server.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (out: string, more: readonly string[] = [], toyEntry: BenchmarkEntry = entry(toy)) =>
  benchCommand([...benchmarks, toyEntry]).parseAsync(
    [
      ...["sums", "--model", "m", "--base-url", server.baseUrl, "--out", join(folder, out)],
      ...more,
    ],
    { from: "user" },
  );

describe("a benchmark in the table", () => {
  it("is asked through the common command, and its results stand on the page", async () => {
    await run("first");
    const read = (file: string) => readFileSync(join(folder, "first", file), "utf8");
    const [result] = JSON.parse(read("results.json")) as BenchmarkResult[];
    expect(result!.sets[0]!.metrics[0]!.value).toBe(50);
    expect(JSON.parse(read("config.json"))).toMatchObject({ benchmark: "sums", sums: 2 });
    expect(read("right.txt")).toBe("1\n");
    expect(read("results.md")).toContain("## Sums");
    const page = read("results.html");
    expect(page).toContain("<h2>Sums</h2>");
    expect(page).toContain("all sums");
  });

  it("remembers answers: run again, nothing is asked", async () => {
    await run("again");
    const asked = server.requests.length;
    expect(asked).toBe(2);
    await run("again");
    expect(server.requests.length).toBe(asked);
  });

  it("refuses its own options before a folder is made or a model asked", async () => {
    await expect(run("refused", ["--right", "5"])).rejects.toMatchObject({ code: "SUM" });
    expect(existsSync(join(folder, "refused"))).toBe(false);
    expect(server.requests).toHaveLength(0);
  });

  it("is shown as its own view says, where it has one", async () => {
    const view = {
      title: "Sums, shown apart",
      section: () => new Html(""),
      markdown: () => "a table of its own",
    };
    await run("viewed", [], entry(toy, { view }));
    expect(readFileSync(join(folder, "viewed", "results.md"), "utf8")).toContain(
      "## Sums, shown apart\n\na table of its own",
    );
  });
});

it("no two benchmarks have one id, and each has a description", () => {
  const ids = benchmarks.map(({ benchmark }) => benchmark.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toEqual(["mep", "mep-paper", "mer-unibench", "mme-emotion"]);
  for (const { benchmark } of benchmarks) expect(benchmark.description).not.toBe("");
});
