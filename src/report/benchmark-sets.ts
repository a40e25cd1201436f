import type { BenchmarkResult, MetricResult } from "../bench/ask/result.ts";
import { rowName } from "./benchmark-caption.ts";
import {
  type BenchmarkGroup,
  fixed,
  formatInterval,
  formatMetric,
  partOfSets,
} from "./benchmark-format.ts";
import { overallTable } from "./benchmark-overall.ts";
import {
  meanOver,
  misprintedMean,
  type PublishedRow,
  publishedSources,
} from "./benchmark-published.ts";
import { type Html, html, systemClass } from "./html.ts";
import { publishedName } from "./published/name.ts";

/**
 * Models as rows, data sets as columns, main metric with its interval; published rows in grey
 * below.
 */
export function setsTable(group: BenchmarkGroup): Html {
  const sets = [...new Set(group.results.flatMap((result) => result.sets.map(({ name }) => name)))];
  const overall = group.results.some((result) => (result.overall ?? []).length > 0);
  const overallId = overall ? (group.results[0]?.overall?.[0]?.id ?? "mean") : undefined;
  // Rows of means alone stand in the table over all sets, where there is one.
  const meansApart = group.results.some((result) => (result.overall ?? []).length > 1);
  const published = group.published.filter(
    (row) =>
      sets.some((set) => row.values[set] !== undefined) ||
      (!meansApart && overallId !== undefined && meanOver(row, sets, overallId) !== undefined),
  );
  return html`<div class="scroll"><table><thead><tr><th>Model</th>${sets.map(
    (set) => html`<th>${set}<small class="metric">${mainLabel(group, set)}</small></th>`,
  )}${overall ? html`<th>${overallLabel(group)}</th>` : null}</tr></thead>
<tbody>${group.results.map(
    (result, index) =>
      html`<tr class="${systemClass(index + 1)}"><td class="name">${rowName(result, group.results)}</td>${sets.map(
        (set) => setCell(result, set),
      )}${overall ? metricCell(result.overall?.[0], partOfSets(result, sets) ?? null) : null}</tr>`,
  )}${published.map((row) => publishedRow(row, sets, overallId))}</tbody></table></div>${
    published.length === 0
      ? null
      : html`<p class="note">Grey: as published, for orientation${overallId === "mean" ? "; means are those of the cells shown" : ""}. Read from: ${publishedSources(published)}.</p>`
  }${overallTable(group)}${companions(group)}`;
}

function mainLabel({ results }: BenchmarkGroup, set: string): string {
  const own = results.flatMap((result) => result.sets.filter(({ name }) => name === set));
  return own[0]?.metrics[0]?.label ?? "";
}

const overallLabel = ({ results }: BenchmarkGroup): string =>
  results.flatMap((result) => result.overall ?? [])[0]?.label ?? "mean";

function setCell(result: BenchmarkResult, name: string): Html {
  const set = result.sets.find((candidate) => candidate.name === name);
  if (set === undefined) return html`<td class="none">not run</td>`;
  const { failed, unparseable } = set.counts;
  const flaws = [
    set.unscored === undefined ? "" : "no score",
    failed > 0 ? `${failed} failed` : "",
    unparseable > 0 ? `${unparseable} unreadable` : "",
  ].filter((text) => text !== "");
  return metricCell(set.metrics[0], flaws.length > 0 ? flaws.join(", ") : null);
}

/** A value, its interval, and what is wrong with it. */
function metricCell(metric: MetricResult | undefined, flaw: string | null = null): Html {
  const range = formatInterval(metric);
  return html`<td><span class="value">${formatMetric(metric)}</span>${
    range === null ? null : html`<span class="range">${range}</span>`
  }${flaw === null ? null : html`<span class="flaw">${flaw}</span>`}</td>`;
}

function publishedRow(row: PublishedRow, sets: readonly string[], overall?: string): Html {
  const value = (own: number | undefined, flaw: string | null = null) =>
    html`<td>${own === undefined ? "–" : fixed(own, 2)}${flaw === null ? null : html`<span class="flaw">${flaw}</span>`}</td>`;
  const mean = overall === undefined ? undefined : meanOver(row, sets, overall);
  const whole = sets.length === Object.keys(row.values).length;
  const printed = whole ? misprintedMean(row) : undefined;
  return html`<tr class="published">${publishedName(row)}${sets.map((set) => value(row.values[set]))}${
    overall === undefined
      ? null
      : value(mean, printed === undefined ? null : `printed as ${fixed(printed, 2)}`)
  }</tr>`;
}

/** What goes with the main metric: a hit rate says little without the length of the lists. */
function companions({ results }: BenchmarkGroup): Html | null {
  const rows = results.flatMap((result, index) =>
    result.sets.flatMap((set) =>
      set.metrics
        .slice(1)
        .map(
          (metric) =>
            html`<tr class="${systemClass(index + 1)}"><td class="name">${rowName(result, results)}</td><td class="about">${set.name}</td><td class="about">${metric.label}</td>${metricCell(metric, null)}<td>${metric.n ?? "–"}</td></tr>`,
        ),
    ),
  );
  if (rows.length === 0) return null;
  return html`<details><summary>All metrics of every set</summary><div class="scroll"><table class="narrow"><thead><tr><th>Model</th><th class="about">Set</th><th class="about">Metric</th><th>Value</th><th>n</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}
