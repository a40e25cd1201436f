import { attributeJson, coordinate, type Html, html, Html as Raw, systemClass } from "./html.ts";

/** One system's values over steps. */
export interface Line {
  name: string;
  /** Position among the systems, for its colour. */
  index: number;
  points: readonly (readonly [step: number, value: number])[];
}

const [width, height, left, right, top, bottom] = [340, 170, 44, 332, 10, 146];

/**
 * A line chart with one running mean per system over its faint raw values. Needs at least one
 * point.
 */
export function lineChart(title: string, lines: readonly Line[]): Html {
  const all = lines.flatMap((line) => line.points);
  const [x0, x1] = extent(all.map(([step]) => step));
  const ticks = niceTicks(...extent(all.map(([, value]) => value)));
  const low = ticks[0]!;
  const high = ticks.at(-1)!;
  const x = (step: number) => left + ((step - x0) / (x1 - x0 || 1)) * (right - left);
  const y = (value: number) => bottom - ((value - low) / (high - low || 1)) * (bottom - top);
  const path = (points: Line["points"]) =>
    points
      .map(
        ([step, value], index) =>
          `${index ? "L" : "M"}${coordinate(x(step))} ${coordinate(y(value))}`,
      )
      .join("");
  const data = {
    x0,
    x1,
    left,
    right,
    lines: lines.map(({ name, points }) => ({ name, points: points.map(shortPoint) })),
  };
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}" data-lines="${attributeJson(data)}">
${ticks.map(
  (tick) =>
    html`<line class="${tick === 0 && low < 0 ? "zero" : "axis"}" x1="${left}" x2="${right}" y1="${coordinate(y(tick))}" y2="${coordinate(y(tick))}"/><text x="${left - 6}" y="${coordinate(y(tick) + 4)}" text-anchor="end">${tickLabel(tick, ticks)}</text>`,
)}
<text x="${left}" y="${height - 6}">${x0}</text><text x="${right}" y="${height - 6}" text-anchor="end">step ${x1}</text>
${lines.map(
  (line) =>
    html`<g class="${systemClass(line.index)}"><path class="raw" d="${path(line.points)}"/><path class="smooth" d="${path(runningMean(line.points))}"/>${end(line, x, y)}</g>`,
)}
<line class="rule" x1="${left}" x2="${left}" y1="${top}" y2="${bottom}"/></svg>`;
}

/** A dot where the line ends: single-step runs would be invisible otherwise. */
function end(line: Line, x: (step: number) => number, y: (value: number) => number): Html {
  const last = runningMean(line.points).at(-1);
  if (last === undefined) return new Raw("");
  return html`<circle cx="${coordinate(x(last[0]))}" cy="${coordinate(y(last[1]))}" r="2.6" fill="var(--system)"/>`;
}

/** Centred mean over about a fifteenth of the run on each side. */
function runningMean(points: Line["points"]): [number, number][] {
  const reach = Math.floor(points.length / 15);
  return points.map(([step], index) => {
    const window = points.slice(Math.max(0, index - reach), index + reach + 1);
    return [step, window.reduce((total, [, value]) => total + value, 0) / window.length];
  });
}

function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)];
}

/** Three to six round numbers around the range. */
function niceTicks(low: number, high: number): number[] {
  const range = high - low || Math.abs(high) || 1;
  const power = 10 ** Math.floor(Math.log10(range / 3));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => range / size <= 4)!;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}

function tickLabel(tick: number, ticks: readonly number[]): string {
  const step = ticks[1]! - ticks[0]!;
  return tick.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

const shortPoint = ([step, value]: readonly [number, number]) => [
  step,
  Number(value.toPrecision(4)),
];
