import type { BenchmarkResult } from "../bench/ask/result.ts";
import { writeFileAtomic } from "../core/files.ts";
import { caption } from "./benchmark-caption.ts";
import { benchmarkStyle } from "./benchmark-style.ts";
import { type BenchmarkViews, benchmarkViews, groupsOf } from "./benchmark-view.ts";
import { Html, html } from "./html.ts";
import { style } from "./style.ts";

export interface BenchmarkPage {
  title: string;
  /** Half a sentence on what was run, if the writer wants one. */
  lead?: string;
  results: readonly BenchmarkResult[];
  /** How benchmarks are shown; default: those of `benchmarkViews`. */
  views?: BenchmarkViews;
}

/**
 * Writes results of any number of models and benchmarks as one self-contained HTML file. Atomic.
 */
export function writeBenchmarkPage(path: string, page: BenchmarkPage): void {
  writeFileAtomic(path, renderBenchmarkPage(page));
}

/** The page as text: a table a benchmark, models as rows, everything the numbers rest on below. */
export function renderBenchmarkPage({
  title,
  lead,
  results,
  views = benchmarkViews,
}: BenchmarkPage): string {
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${new Html(style)}${new Html(benchmarkStyle)}</style></head>
<body><main><header><h1>${title}</h1>${lead === undefined ? null : html`<p class="question">${lead}</p>`}<p class="note">95&nbsp;% bootstrap intervals over samples under the numbers. They hold chance in the choice of samples, not that of sampling answers or of training.</p></header>
${groupsOf(results, views).map(section)}</main></body></html>
`.text;
}

function section({ group, view }: ReturnType<typeof groupsOf>[number]): Html {
  const body = view.section(group);
  return html`<section id="${group.benchmark}"><h2>${group.title}</h2>${body}${caption(group)}</section>`;
}
