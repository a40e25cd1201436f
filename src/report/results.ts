import { type Column, columnGroups, columns } from "../bench/mep/oracle/columns.ts";
import type { Metric } from "../bench/mep/oracle/metric.ts";
import { metrics } from "../bench/mep/oracle/metrics.ts";
import type { Estimate, SystemScores } from "../bench/mep/oracle/result.ts";
import { formatEstimate, metricById, tableColumns } from "../bench/mep/oracle/table.ts";
import type { OracleReport } from "./data.ts";
import { type Html, html, systemClass } from "./html.ts";
import { type Scale, scaleOf, type Whisker, whiskerSvg } from "./interval.ts";

/** The one table: systems as rows, intervals under the numbers, and the hash of the items below. */
export function resultsSection(data: OracleReport, shown: readonly Column[] = columns): Html {
  const rows = data.systems.map((system, index) => systemRow(system, index, data, shown));
  const [first] = data.systems;
  return html`<section id="results"><h2>Result</h2>
<p class="lead">${itemCount(data)} held-out clips nobody trained on; each number with its 95&nbsp;% bootstrap interval over clips, percent unless it is a count. Faithfulness means little without the claims beside it: who says nothing says nothing false.</p>
<div class="scroll"><table><thead><tr class="group"><th></th>${columnGroups(shown).map(
    ({ title, columns: own }) => html`<th colspan="${own.length}">${title}</th>`,
  )}</tr>
<tr><th>System</th>${shown.map(({ id, label }) => headCell(metricById(id), label))}</tr></thead>
<tbody>${rows}</tbody></table></div>
${
  first === undefined
    ? null
    : html`<p class="hash">Items were frozen before training: sha256 <code>${first.result.itemsHash}</code> covers clips, cues, donors, probes, the oracle's id, the rules' version <code>${first.result.rules}</code>, every metric's definition in words and the margin of affirmation; not the code that computes them.${hashWarning(data)}</p>`
}
</section>`;
}

function itemCount(data: OracleReport): number {
  return Math.max(0, ...data.systems.map((system) => system.result.clips.length));
}

function hashWarning(data: OracleReport): Html | null {
  const hashes = new Set(data.systems.map((system) => system.result.itemsHash));
  if (hashes.size < 2) return null;
  return html` <b class="down">The systems were run on different items; their rows don't compare.</b>`;
}

function headCell(metric: Metric, label: string): Html {
  return html`<th title="${metric.about}">${label} <span class="dir">${arrow(metric)}</span></th>`;
}

const arrow = (metric: Metric): string =>
  metric.better === "higher" ? "↑" : metric.better === "lower" ? "↓" : "";

function systemRow(
  system: OracleReport["systems"][number],
  index: number,
  data: OracleReport,
  shown: readonly Column[],
): Html {
  const cells = shown.map(({ id }) => {
    const all = data.systems.flatMap(({ result }) => whiskerOf(result.estimates[id]) ?? []);
    return numberCell(metricById(id), system.result.estimates[id], scaleOf(all));
  });
  return html`<tr class="${systemClass(index)}${system.ceiling ? " ceiling" : ""}"><td class="name">${system.name}${
    system.description ? html`<small>${system.description}</small>` : null
  }</td>${cells}</tr>`;
}

function numberCell(metric: Metric, estimate: Estimate | undefined, scale: Scale): Html {
  const text = formatEstimate(metric, estimate);
  const [value, range] = text.split(/ (?=\[)/);
  const whisker = whiskerOf(estimate);
  return html`<td><span class="value">${value}</span>${
    range === undefined
      ? null
      : html`<span class="range">${range.slice(1, -1).replace(", ", " – ")}</span>`
  }${whisker === null ? null : whiskerSvg(whisker, scale)}</td>`;
}

function whiskerOf(estimate: Estimate | undefined): Whisker | null {
  if (estimate === undefined) return null;
  const { value, low, high } = estimate;
  return value === null || low === null || high === null ? null : { value, low, high };
}

/** Every metric with its definition, systems and floors as columns. */
export function catalogueSection(data: OracleReport): Html {
  const rest = metrics.filter((metric) => !tableColumns.includes(metric.id));
  const head = data.systems.map(
    ({ name }, index) =>
      html`<th class="${systemClass(index)}"><span class="key">${name}</span></th>`,
  );
  const row = (metric: Metric, systems: readonly SystemScores[]) =>
    html`<tr><td>${metric.label} <span class="dir">${arrow(metric)}</span></td>${systems.map(
      ({ estimates }) => html`<td>${formatEstimate(metric, estimates[metric.id])}</td>`,
    )}<td class="about">${metric.about}</td></tr>`;
  const systems = data.systems.map(({ result }) => result);
  return html`<details><summary>All metrics, and what each one counts</summary>
<div class="scroll"><table><thead><tr><th>Metric</th>${head}<th class="about">Definition</th></tr></thead>
<tbody>${tableColumns.map((id) => row(metricById(id), systems))}${rest.map((metric) => row(metric, systems))}</tbody></table></div></details>
<details><summary>Floors: the same systems without input, and against the wrong clip</summary>
<p class="note">Blind: black frames and silence. Text-only: both streams dropped from attention. Shuffled: each response scored against another clip; what a habit of speaking earns without looking.</p>
<div class="scroll"><table><thead><tr><th>Row</th>${floorColumns.map((id) => headCell(metricById(id), metricById(id).label))}</tr></thead>
<tbody>${systems.flatMap(({ controls }) =>
    controls.map(
      ({ name, estimates }) =>
        html`<tr class="floor"><td>${name}</td>${floorColumns.map(
          (id) => html`<td>${formatEstimate(metricById(id), estimates[id])}</td>`,
        )}</tr>`,
    ),
  )}</tbody></table></div></details>`;
}

const floorColumns = ["accuracy", "recall-visual", "recall-acoustic", "claims", "faithfulness"];
