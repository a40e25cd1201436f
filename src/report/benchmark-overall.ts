import type { MetricResult } from "../bench/ask/result.ts";
import { rowName } from "./benchmark-caption.ts";
import { type BenchmarkGroup, fixed, formatInterval, formatMetric } from "./benchmark-format.ts";
import { publishedSources } from "./benchmark-published.ts";
import { type Html, html, systemClass } from "./html.ts";
import { publishedName } from "./published/name.ts";

/** Every number over all sets, where there are several, next to the published leaderboard. */
export function overallTable({ results, published: rows }: BenchmarkGroup): Html | null {
  if (!results.some(({ overall = [] }) => overall.length > 1)) return null;
  const own = results.map(({ overall = [] }) => overall);
  const columns = new Map(own.flat().map(({ id, label }) => [id, label]));
  const published = rows.filter(({ overall = {} }) =>
    [...columns.keys()].some((id) => overall[id] !== undefined),
  );
  return html`<h3>Over all sets</h3><div class="scroll"><table><thead><tr><th>Model</th>${[
    ...columns.values(),
  ].map((label) => html`<th>${label}</th>`)}</tr></thead><tbody>${results.map(
    (result, index) =>
      html`<tr class="${systemClass(index + 1)}"><td class="name">${rowName(result, results)}</td>${[
        ...columns.keys(),
      ].map((id) => valueCell(own[index]!.find((metric) => metric.id === id)))}</tr>`,
  )}${published.map(
    (row) =>
      html`<tr class="published">${publishedName(row)}${[...columns.keys()].map(
        (id) => html`<td>${row.overall?.[id] === undefined ? "–" : fixed(row.overall[id], 1)}</td>`,
      )}</tr>`,
  )}</tbody></table></div>${
    published.length === 0
      ? null
      : html`<p class="note">Grey: as published, over all tasks; other questions, other frames. Read from: ${publishedSources(published)}.</p>`
  }`;
}

function valueCell(metric: MetricResult | undefined): Html {
  const range = formatInterval(metric);
  const digits = metric?.unit === "count" ? 1 : 2;
  return html`<td><span class="value">${formatMetric(metric, digits)}</span>${
    range === null ? null : html`<span class="range">${range}</span>`
  }</td>`;
}
