import { describe, expect, it } from "vitest";
import type { BenchmarkResult, MetricResult } from "../bench/ask/result.ts";
import { renderBenchmarkPage } from "./benchmark-page.ts";
import { benchmarkMarkdown } from "./benchmark-table.ts";

const metric = (id: string, value: number | null, more: Partial<MetricResult> = {}) => ({
  id,
  label: id,
  value,
  unit: "percent" as const,
  better: "higher" as const,
  ...more,
});
const counts = { asked: 10, answered: 10, failed: 0, unparseable: 0 };

const unibench = (model: string, mapping = "published"): BenchmarkResult => ({
  benchmark: "mer-unibench",
  model,
  sets: [
    {
      name: "MER2023",
      metrics: [metric("hit rate", 61.234, { low: 55, high: 66.04 }), metric("m-score", 40)],
      counts: { asked: 10, answered: 8, failed: 2, unparseable: 1, failures: { TIMEOUT: 2 } },
    },
    { name: "MELD", metrics: [metric("hit rate", null)], counts },
  ],
  overall: [metric("mean", 61.234)],
  protocol: {
    name: "last checkpoint",
    mapping,
    tools: { extractor: "qwen" },
    settings: { seed: 1 },
  },
  notes: ["<b>Not markup</b>"],
  usage: {
    promptTokens: 1000,
    completionTokens: 50,
    cost: 0.5,
    tools: { promptTokens: 700, completionTokens: 30 },
    toolsCost: 0.25,
  },
});

const mep = (model: string): BenchmarkResult => ({
  benchmark: "mep",
  model,
  sets: [
    {
      name: "all samples",
      metrics: [
        metric("utilization@0.6", 40, { low: 30, high: 50 }),
        metric("probe-pair", 20, { low: 10, high: 30 }),
      ],
      counts,
    },
    { name: "conflict", metrics: [metric("utilization@0.6", 12.5)], counts },
  ],
  protocol: {
    name: "mep-1",
    tools: { matching: "lexical-1" },
    settings: { thresholds: "0.5, 0.6, 0.7", headline: 0.6, items: "a".repeat(64) },
  },
  notes: [],
});

describe("the benchmark page", () => {
  it("is one file that loads nothing, whatever models are called", () => {
    const page = renderBenchmarkPage({ title: "B", results: [unibench("<script>x"), mep("m")] });
    expect(page).not.toContain("<script>");
    expect(page).toContain("&lt;script&gt;x");
    expect(page).not.toMatch(/(?:src|href)="(?!#)/);
    expect(page).toContain("&lt;b&gt;Not markup");
  });

  it("shows numbers with intervals, published rows in grey, and what failed", () => {
    const page = renderBenchmarkPage({ title: "B", results: [unibench("ours")] });
    expect(page).toContain("61.23");
    expect(page).toContain("55.0 – 66.0");
    expect(page).toContain("2 failed, 1 unreadable");
    expect(page).toContain("TIMEOUT 2×");
    expect(page).toContain("1000 in, 50 out");
    expect(page).toMatch(
      /class="published"><td>AffectGPT<small>each set its best [^<]+<\/small><\/td><td>78\.54<\/td><td>55\.65<\/td><td>67\.09<\/td>/,
    );
  });

  it("warns where rows do not compare, and only there", () => {
    const results = [unibench("one"), unibench("two", "corrected")];
    expect(renderBenchmarkPage({ title: "B", results })).toContain("rows differ in mapping");
    const same = [unibench("one"), unibench("two")];
    expect(renderBenchmarkPage({ title: "B", results: same })).not.toContain("rows differ");
  });

  it("tells rows of one model apart by what they differ in", () => {
    const results = [unibench("one"), unibench("one", "corrected")];
    const page = renderBenchmarkPage({ title: "B", results });
    expect(page).toContain("one<small>mapping published</small>");
    expect(benchmarkMarkdown(results)).toContain("| one (mapping corrected) |");
  });

  it("says that a set was not run instead of leaving a hole", () => {
    const partial = unibench("partial");
    partial.sets = partial.sets.slice(0, 1);
    const page = renderBenchmarkPage({ title: "B", results: [unibench("whole"), partial] });
    expect(page).toContain("not run");
  });

  it("draws MEP-Bench with bars for what was measured, and a table of conflict samples", () => {
    const page = renderBenchmarkPage({ title: "B", results: [mep("m1"), mep("m2")] });
    expect(page.match(/class="bar"/g)).toHaveLength(4);
    expect(page).toContain("Face and voice in conflict");
    expect(page).toContain("12.5");
    expect(page).toContain("aaaaaaaaaaaa");
    expect(page).not.toContain("a".repeat(64));
  });

  it("rounds as the official tables do, says nan where they do, and leaves no interval at it", () => {
    const result = unibench("m");
    result.sets[0]!.metrics = [metric("hit rate", 62.125, { low: 50, high: 70 })];
    result.overall = [metric("mean", null, { nan: true })];
    const page = renderBenchmarkPage({ title: "B", results: [result] });
    expect(page).toContain('<span class="value">62.12</span>');
    expect(page).toContain('<td><span class="value">nan</span></td>');
    expect(benchmarkMarkdown([result])).toContain("| m | 62.12 [50.0 – 70.0] | – | nan |");
  });

  it("marks a mean over fewer sets than the columns", () => {
    const partial = unibench("partial");
    partial.sets = partial.sets.slice(0, 1);
    const results = [unibench("whole"), partial];
    const page = renderBenchmarkPage({ title: "B", results });
    expect(page.match(/over 1 of 2 sets/g)).toHaveLength(1);
    expect(benchmarkMarkdown(results)).toContain("| 61.23, over 1 of 2 sets |");
  });

  it("shows the name given, what it is, and the checkpoint of each set", () => {
    const named = { ...unibench("qwen @ http://localhost"), name: "Ours" };
    named.sets[0]!.checkpoint = "epoch50";
    const page = renderBenchmarkPage({ title: "B", results: [named] });
    expect(page).toContain('<td class="name">Ours</td>');
    expect(page).toContain("<dt>model</dt><dd>qwen @ http://localhost</dd>");
    expect(page).toContain("MER2023 epoch50");
    expect(benchmarkMarkdown([named])).toMatch(/- Ours: model qwen.*checkpoints MER2023 epoch50/);
  });

  it("shows everything over all tasks of MME-Emotion beside the leaderboard", () => {
    const mme: BenchmarkResult = {
      ...unibench("m"),
      benchmark: "mme-emotion",
      sets: ["ER-Lab", "SA"].map((name) => ({ name, metrics: [metric("cot", 40)], counts })),
      overall: [
        metric("cot-micro", 41.25, { low: 39, high: 43 }),
        metric("recognition-micro", 30),
        metric("answer-tokens", 78.04, { unit: "count" }),
      ],
    };
    const page = renderBenchmarkPage({ title: "B", results: [mme] });
    const row = (text: string) => page.includes(`<tr class="published"><td>${text}</tr>`);
    const judged = "<small>judge GPT-4o</small></td>";
    expect(page.match(/class="published"/g)).toHaveLength(8 + 25);
    // Two of eight tasks are shown: the leaderboard's number is no mean of these.
    expect(row(`AffectGPT${judged}<td>41.20</td><td>34.95</td><td>–</td>`)).toBe(true);
    expect(row(`Qwen2.5-Omni${judged}<td>38.4</td><td>17.4</td><td>78.6</td>`)).toBe(true);
    expect(page).toContain("39.0 – 43.0");
    expect(benchmarkMarkdown([mme])).toContain("| m | 41.25 [39.0 – 43.0] | 30.00 | 78.04 |");
  });

  it("has the same numbers as Markdown", () => {
    const text = benchmarkMarkdown([unibench("ours"), mep("m|1")]);
    expect(text).toContain("| ours | 61.23 [55.0 – 66.0] | – | 61.23 | 20 / 2 / 1 |");
    expect(text).toContain("m\\|1");
    expect(text).toContain("40.00 [30.0 – 50.0]");
  });

  it("says what a run cost and why answers are missing, on the page and in Markdown", () => {
    const results = [unibench("a")];
    const page = renderBenchmarkPage({ title: "t", results }).replaceAll(/<[^>]+>/g, " ");
    for (const text of [page, benchmarkMarkdown(results)]) {
      expect(text).toMatch(/tokens\s+1000 in, 50 out/);
      expect(text).toMatch(/tokens of judges and readers\s+700 in, 30 out/);
      expect(text).toMatch(/cost of judges and readers\s+0\.25/);
      expect(text).toMatch(/[Ff]ailures:?\s+TIMEOUT 2×/);
    }
  });
});
