import { compare } from "../bench/mep/oracle/compare.ts";
import type { Metric } from "../bench/mep/oracle/metric.ts";
import type { Difference } from "../bench/mep/oracle/result.ts";
import { metricById, tableColumns } from "../bench/mep/oracle/table.ts";
import type { OracleReport } from "./data.ts";
import { type Html, html, systemClass } from "./html.ts";
import { type Scale, type Whisker, whiskerSvg } from "./interval.ts";

interface Pair {
  a: string;
  b: string;
  /** Position of `a` among the systems, for its colour. */
  index: number;
  differences: Record<string, Difference>;
}

/** Paired differences between systems; empty without comparisons. */
export function differencesSection(data: OracleReport): Html | null {
  const pairs = (data.comparisons ?? []).flatMap(({ a, b }) => pairOf(data, a, b) ?? []);
  if (pairs.length === 0) return null;
  return html`<h3>Differences, paired over clips</h3>
<p class="note">Both systems on the same clips, so what makes a clip easy or hard cancels. Coloured where the 95&nbsp;% interval leaves out zero: <span class="up">better</span>, <span class="down">worse</span>.</p>
<div class="scroll"><table class="narrow"><thead><tr><th>Metric</th>${pairs.map(
    ({ a, b }) => html`<th>${a} − ${b}</th>`,
  )}</tr></thead><tbody>${tableColumns.map((id) => differenceRow(metricById(id), pairs))}</tbody></table></div>`;
}

function pairOf(data: OracleReport, a: string, b: string): Pair | null {
  const index = data.systems.findIndex(({ name }) => name === a);
  const left = data.systems[index];
  const right = data.systems.find(({ name }) => name === b);
  if (left === undefined || right === undefined) return null;
  return { a, b, index, differences: compare(left.result, right.result) };
}

/** Percentages share one scale, counts another; both with zero in the middle. */
function symmetricScale(unit: Metric["unit"], pairs: readonly Pair[]): Scale {
  const ids = tableColumns.filter((id) => metricById(id).unit === unit);
  const reach = pairs.flatMap(({ differences }) =>
    ids.flatMap((id) => {
      const whisker = whiskerOf(differences[id]);
      return whisker === null ? [] : [Math.abs(whisker.low), Math.abs(whisker.high)];
    }),
  );
  const max = Math.max(...reach, 1e-9);
  return { min: -max, max, zero: true };
}

function differenceRow(metric: Metric, pairs: readonly Pair[]): Html {
  const scale = symmetricScale(metric.unit, pairs);
  return html`<tr><td>${metric.label}</td>${pairs.map((pair) => cell(metric, pair, scale))}</tr>`;
}

function cell(metric: Metric, pair: Pair, scale: Scale): Html {
  const whisker = whiskerOf(pair.differences[metric.id]);
  if (whisker === null) return html`<td>–</td>`;
  const digits = metric.unit === "percent" ? 1 : 2;
  const { value, low, high } = whisker;
  return html`<td class="${systemClass(pair.index)}">${whiskerSvg(whisker, scale, 90)}<span class="value ${judgement(metric, whisker)}">${signed(value, digits)}</span><span class="range">${signed(low, digits)} – ${signed(high, digits)}</span></td>`;
}

function judgement(metric: Metric, { low, high }: Whisker): string {
  if (metric.better === "neither" || (low <= 0 && high >= 0)) return "";
  return low > 0 === (metric.better === "higher") ? "up" : "down";
}

function whiskerOf(difference: Difference | undefined): Whisker | null {
  if (difference === undefined) return null;
  const { difference: value, low, high } = difference;
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** "+3.1", "−0.4", "0.0". */
function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}
