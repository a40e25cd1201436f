import type { BenchmarkResult, MetricResult } from "../bench/ask/result.ts";
import { fixed, shownName } from "./benchmark-format.ts";
import { coordinate, type Html, html, systemClass } from "./html.ts";

type Pick = (result: BenchmarkResult) => MetricResult | undefined;

const [width, rowHeight, left, right] = [300, 22, 8, 250];

/**
 * One panel a metric: a bar a model from 0 to 100, its interval as a line. Models keep their
 * colours.
 */
export function barPanels(results: readonly BenchmarkResult[], picks: readonly Pick[]): Html {
  return html`${picks.map((pick) => panel(results, pick))}`;
}

function panel(results: readonly BenchmarkResult[], pick: Pick): Html | null {
  const first = results.map(pick).find((metric) => metric !== undefined);
  if (first === undefined) return null;
  const height = results.length * rowHeight + 18;
  const x = (value: number) =>
    coordinate(left + (Math.max(0, Math.min(100, value)) / 100) * (right - left));
  const arrow = first.better === "higher" ? "↑" : first.better === "lower" ? "↓" : "";
  return html`<figure><figcaption><b>${first.label} <span class="dir">${arrow}</span></b></figcaption>
<svg class="bars" viewBox="0 0 ${width} ${height}" role="img" aria-label="${first.label}">
${[0, 50, 100].map(
  (tick) =>
    html`<line class="axis" x1="${x(tick)}" x2="${x(tick)}" y1="0" y2="${height - 14}"/><text x="${x(tick)}" y="${height - 2}" text-anchor="middle">${tick}</text>`,
)}
${results.map((result, index) => bar(result, pick(result), index, x))}</svg></figure>`;
}

function bar(
  result: BenchmarkResult,
  metric: MetricResult | undefined,
  index: number,
  x: (value: number) => string,
): Html {
  const y = index * rowHeight + 4;
  if (metric === undefined || metric.value === null) {
    return html`<text x="${left + 4}" y="${y + 11}">not measured</text>`;
  }
  const { value, low, high } = metric;
  const interval =
    typeof low === "number" && typeof high === "number"
      ? html`<line class="interval" x1="${x(low)}" x2="${x(high)}" y1="${y + 7}" y2="${y + 7}"/>`
      : null;
  return html`<g class="${systemClass(index + 1)}"><title>${shownName(result)}: ${fixed(value, 1)}</title><rect class="bar" x="${left}" y="${y}" width="${coordinate(Number(x(value)) - left)}" height="14" rx="2"/>${interval}<text class="number" x="${right + 8}" y="${y + 11}">${fixed(value, 1)}</text></g>`;
}
