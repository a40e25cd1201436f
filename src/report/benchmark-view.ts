import type { BenchmarkResult } from "../bench/ask/result.ts";
import type { BenchmarkGroup } from "./benchmark-format.ts";
import { mepMarkdown, setsMarkdown } from "./benchmark-markdown.ts";
import { mepSection } from "./benchmark-mep.ts";
import type { PublishedRow } from "./benchmark-published.ts";
import { setsTable } from "./benchmark-sets.ts";
import { type Html, html } from "./html.ts";
import { ablationTable } from "./published/ablation-table.ts";
import { publishedMepPaper } from "./published/mep-paper.ts";
import { publishedMerUniBench } from "./published/mer-unibench.ts";
import { publishedMmeEmotion } from "./published/mme-emotion.ts";

/** How results of one benchmark are shown. */
export interface BenchmarkView {
  /** Its heading. */
  title: string;
  /** On the page, below the heading. */
  section(group: BenchmarkGroup): Html;
  /** The same for a terminal: a Markdown table. */
  markdown(group: BenchmarkGroup): string;
  /** Rows of its published table; they must give the metric that tables show first. */
  published?: readonly PublishedRow[];
  /** Its sets are views of the same questions: counts are those of the first. */
  sameQuestions?: boolean;
}

export type BenchmarkViews = Readonly<Record<string, BenchmarkView>>;

/**
 * A table of models and sets, main metric first: what a benchmark gets that has no view of its own.
 */
export const setsView = (
  title: string,
  published: readonly PublishedRow[] = [],
): BenchmarkView => ({
  title,
  section: setsTable,
  markdown: setsMarkdown,
  published,
});

/** By the benchmark's id. */
export const benchmarkViews: BenchmarkViews = {
  "mer-unibench": setsView("MER-UniBench", publishedMerUniBench),
  "mme-emotion": setsView("MME-Emotion", publishedMmeEmotion),
  mep: {
    title: "MEP-Bench",
    section: mepSection,
    markdown: mepMarkdown,
    sameQuestions: true,
  },
  "mep-paper": {
    ...setsView("MEP-Bench, paper track", publishedMepPaper),
    section: (group) => html`${setsTable(group)}${ablationTable()}`,
  },
};

/** Results by benchmark, in the order they come, each with its view. */
export function groupsOf(
  results: readonly BenchmarkResult[],
  views: BenchmarkViews,
): { group: BenchmarkGroup; view: BenchmarkView }[] {
  const ids = [...new Set(results.map(({ benchmark }) => benchmark))];
  return ids.map((id) => {
    const view = views[id] ?? setsView(id);
    const { title, published = [], sameQuestions = false } = view;
    const own = results.filter((result) => result.benchmark === id);
    return { view, group: { benchmark: id, title, results: own, published, sameQuestions } };
  });
}
