import { describe, expect, it } from "vitest";
import type { BenchmarkResult, MetricResult } from "../bench/run/result.ts";
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
  usage: { promptTokens: 1000, completionTokens: 50, cost: 0.5 },
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
      /class="published"><td>AffectGPT<\/td><td>78\.54<\/td><td>55\.65<\/td><td>67\.09<\/td>/,
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

  it("has the same numbers as Markdown", () => {
    const text = benchmarkMarkdown([unibench("ours"), mep("m|1")]);
    expect(text).toContain("| ours | 61.23 [55.0 – 66.0] | – | 61.23 | 20 / 2 / 1 |");
    expect(text).toContain("m\\|1");
    expect(text).toContain("40.00 [30.0 – 50.0]");
  });
});
