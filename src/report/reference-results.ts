import { compareReference } from "../bench/mep/reference/compare.ts";
import type { Difference, Estimate } from "../core/ratio.ts";
import type { ReferenceReport } from "./data.ts";
import { type Html, html, systemClass } from "./html.ts";
import { type Scale, scaleOf, type Whisker, whiskerSvg } from "./interval.ts";
import { type ReferenceColumn, referenceColumns } from "./reference-columns.ts";

/** The table of the reference track, what is above habit, and paired differences. */
export function referenceSection(data: ReferenceReport): Html {
  const [first] = data.systems;
  const { headline } = first!.reference.score.protocol;
  const columns = referenceColumns(first!.reference);
  const groups = [...new Set(columns.map(({ group }) => group))].map((group) => ({
    group,
    width: columns.filter((column) => column.group === group).length,
  }));
  return html`<section id="reference"><h2>Result on held-out clips</h2>
<p class="lead">${first!.reference.score.samples} clips nobody trained on, against their reference reasoning: a cue counts as recovered where a claim of the same stream resembles it (cosine from ${headline}). References are not complete, so a claim that none of them makes may still be true. Each number with its 95&nbsp;% bootstrap interval over clips, percent unless it is a count.</p>
<div class="scroll"><table><thead><tr class="group"><th></th>${groups.map(
    ({ group, width }) => html`<th colspan="${width}">${group}</th>`,
  )}</tr><tr><th>System</th>${columns.map(
    ({ label, about, better }) =>
      html`<th title="${about}">${label} <span class="dir">${arrow(better)}</span></th>`,
  )}</tr></thead><tbody>${data.systems.map((system, index) => row(system, index, data, columns))}</tbody></table></div>
${habit(data)}${differences(data, columns)}
<p class="hash">Items were frozen before training: sha256 <code>${first!.reference.itemsHash}</code>, rules <code>${first!.reference.rules}</code>.${mixed(data)}</p></section>`;
}

const arrow = (better: ReferenceColumn["better"]): string =>
  better === "higher" ? "↑" : better === "lower" ? "↓" : "";

function row(
  system: ReferenceReport["systems"][number],
  index: number,
  data: ReferenceReport,
  columns: readonly ReferenceColumn[],
): Html {
  const cells = columns.map(({ id, unit }) => {
    const all = data.systems.flatMap(({ reference }) => whiskerOf(reference.estimates[id]) ?? []);
    return cell(system.reference.estimates[id], unit, scaleOf(all));
  });
  return html`<tr class="${systemClass(index)}"><td class="name">${system.name}${
    system.description ? html`<small>${system.description}</small>` : null
  }</td>${cells}</tr>`;
}

function cell(estimate: Estimate | undefined, unit: ReferenceColumn["unit"], scale: Scale): Html {
  const whisker = whiskerOf(estimate);
  if (whisker === null) return html`<td>–</td>`;
  const digits = unit === "percent" ? 1 : 2;
  const [low, high] = [whisker.low, whisker.high].map((end) =>
    plain(end, unit === "percent" ? 0 : 1),
  );
  return html`<td><span class="value">${plain(whisker.value, digits)}</span><span class="range">${low} – ${high}</span>${whiskerSvg(whisker, scale)}</td>`;
}

/** Recall less what the same words recall of another clip: the part that is not habit. */
function habit(data: ReferenceReport): Html {
  const parts = data.systems.map(({ name, reference }, index) => {
    const whisker = differenceWhisker(reference.aboveFloor);
    const said =
      whisker === null
        ? "–"
        : `${signed(whisker.value)} (${signed(whisker.low)} – ${signed(whisker.high)})`;
    const verdict =
      whisker === null || (whisker.low <= 0 && whisker.high >= 0)
        ? "the interval holds 0"
        : whisker.low > 0
          ? "above habit"
          : "below habit";
    return html`<li class="${systemClass(index)}"><span class="key">${name}</span> ${said}: ${verdict}</li>`;
  });
  return html`<h3>Is it seen and heard, or habit?</h3>
<p class="note">Recall of a clip's own cues less recall of another clip's by the same response, in points, paired over clips. Whoever says the same of every clip gets 0.</p>
<ul class="habit">${parts}</ul>`;
}

function differences(data: ReferenceReport, columns: readonly ReferenceColumn[]): Html | null {
  const pairs = (data.comparisons ?? []).flatMap(({ a, b }) => {
    const index = data.systems.findIndex(({ name }) => name === a);
    const [left, right] = [data.systems[index], data.systems.find(({ name }) => name === b)];
    if (left === undefined || right === undefined) return [];
    return [{ a, b, index, values: compareReference(left.reference, right.reference) }];
  });
  if (pairs.length === 0) return null;
  return html`<h3>Differences, paired over clips</h3>
<p class="note">Coloured where the 95&nbsp;% interval leaves out zero: <span class="up">better</span>, <span class="down">worse</span>.</p>
<div class="scroll"><table class="narrow"><thead><tr><th>Metric</th>${pairs.map(({ a, b }) => html`<th>${a} − ${b}</th>`)}</tr></thead>
<tbody>${columns.map((column) => {
    const whiskers = pairs.map(({ values }) => differenceWhisker(values[column.id]));
    const reach = Math.max(1e-9, ...whiskers.flatMap((one) => (one ? [-one.low, one.high] : [])));
    const scale = { min: -reach, max: reach, zero: true };
    return html`<tr><td title="${column.about}">${column.group}: ${column.label}</td>${whiskers.map(
      (whisker, at) =>
        whisker === null
          ? html`<td>–</td>`
          : differenceCell(column, whisker, scale, pairs[at]!.index),
    )}</tr>`;
  })}</tbody></table></div>`;
}

function differenceCell(
  column: ReferenceColumn,
  whisker: Whisker,
  scale: Scale,
  index: number,
): Html {
  const { value, low, high } = whisker;
  const digits = column.unit === "percent" ? 1 : 2;
  const sure = column.better !== "neither" && (low > 0 || high < 0);
  const judged = sure ? (low > 0 === (column.better === "higher") ? "up" : "down") : "";
  return html`<td class="${systemClass(index)}">${whiskerSvg(whisker, scale, 90)}<span class="value ${judged}">${signed(value, digits)}</span><span class="range">${signed(low, digits)} – ${signed(high, digits)}</span></td>`;
}

function mixed({ systems }: ReferenceReport): Html | null {
  const hashes = new Set(systems.map(({ reference }) => reference.itemsHash));
  if (hashes.size < 2) return null;
  return html` <b class="down">The systems were run on different items; their rows don't compare.</b>`;
}

function whiskerOf(estimate: Estimate | undefined): Whisker | null {
  if (estimate === undefined) return null;
  const { value, low, high } = estimate;
  return value === null || low === null || high === null ? null : { value, low, high };
}

function differenceWhisker(difference: Difference | undefined): Whisker | null {
  if (difference === undefined) return null;
  const { difference: value, low, high } = difference;
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** Fixed decimals without "-0". */
function plain(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}

function signed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return text;
  return `${value < 0 ? "−" : "+"}${text}`;
}
