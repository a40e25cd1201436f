import type { BenchmarkResult, MetricResult, SetResult } from "../bench/ask/result.ts";
import { mepMetrics } from "../bench/mep/reference/score.ts";
import { barPanels } from "./benchmark-bars.ts";
import { rowName } from "./benchmark-caption.ts";
import { type BenchmarkGroup, formatInterval, formatMetric } from "./benchmark-format.ts";
import { type Html, html, systemClass } from "./html.ts";

interface Columns {
  title: string;
  ids: Readonly<Record<string, string>>;
}

/** "@" stands for the headline threshold. */
const utilization: readonly Columns[] = [
  {
    title: "Utilization: cues recovered",
    ids: {
      "utilization@": "mean",
      "recall-visual@": "visual",
      "recall-acoustic@": "acoustic",
      "shuffled@": "chance",
    },
  },
  { title: "Precision", ids: { "precision-visual@": "visual", "precision-acoustic@": "acoustic" } },
  { title: "F1", ids: { "f1-visual@": "visual", "f1-acoustic@": "acoustic" } },
  { title: "Claims each", ids: { "claims-visual": "visual", "claims-acoustic": "acoustic" } },
];

const faithfulness: readonly Columns[] = [
  {
    title: "Faithfulness: yes/no probes",
    ids: {
      "probe-masked": "masked, no",
      "probe-present": "intact, yes",
      "probe-pair": "pair right",
      "probe-absent": "absent, no",
      "probe-unparseable": "unreadable",
    },
  },
  {
    title: "Claims about the hidden stream",
    ids: { "masked-share-visual": "visual", "masked-share-acoustic": "acoustic" },
  },
  {
    title: "Says it is missing",
    ids: { "masked-absence-visual": "visual", "masked-absence-acoustic": "acoustic" },
  },
];

/** Bars of the main numbers, in this order. */
const panels = [
  "utilization@",
  "probe-pair",
  "probe-masked",
  "probe-absent",
  "masked-share-visual",
  "masked-share-acoustic",
];

export function mepSection(group: BenchmarkGroup): Html {
  const { results } = group;
  const splits = ["congruent", "conflict"].filter((name) =>
    results.some(({ sets }) => sets.some((set) => set.name === name)),
  );
  return html`<p class="lead">Does a model mention what the clip shows, and does it stop where a stream is taken away? Who always says no gets 100 on masked probes and 0 pairs.</p>
${mainTable(results, utilization, false)}
${mainTable(results, faithfulness, true)}
<div class="panels">${barPanels(
    results,
    panels.map((id) => (result) => metricOf(result, id)),
  )}</div>
${splits.map((name) => splitTable(results, name))}
${controlsTable(results)}${thresholdTable(results)}${definitions(results)}`;
}

/** A metric of all samples; the headline threshold is filled in. */
function metricOf(result: BenchmarkResult, id: string, set = result.sets[0]) {
  const full = id.endsWith("@") ? `${id}${result.protocol.settings.headline}` : id;
  return set?.metrics.find((metric) => metric.id === full);
}

function mainTable(
  results: readonly BenchmarkResult[],
  columns: readonly Columns[],
  withCounts: boolean,
): Html {
  const ids = columns.flatMap((group) => Object.entries(group.ids));
  return html`<div class="scroll"><table><thead><tr class="group"><th></th>${columns.map(
    ({ title, ids: own }) => html`<th colspan="${Object.keys(own).length}">${title}</th>`,
  )}${withCounts ? html`<th colspan="2">Questions</th>` : null}</tr><tr><th>Model</th>${ids.map(
    ([, label]) => html`<th>${label}</th>`,
  )}${withCounts ? html`<th>asked</th><th>failed</th>` : null}</tr></thead>
<tbody>${results.map(
    (result, index) =>
      html`<tr class="${systemClass(index + 1)}"><td class="name">${rowName(result, results)}</td>${ids.map(
        ([id]) => valueCell(metricOf(result, id)),
      )}${withCounts ? countCells(result.sets[0]) : null}</tr>`,
  )}</tbody></table></div>`;
}

export function valueCell(metric: MetricResult | undefined): Html {
  const range = formatInterval(metric);
  const digits = metric?.unit === "count" ? 2 : 1;
  return html`<td><span class="value">${formatMetric(metric, digits)}</span>${
    range === null ? null : html`<span class="range">${range}</span>`
  }</td>`;
}

function countCells(set: SetResult | undefined): Html {
  const { asked = 0, failed = 0 } = set?.counts ?? {};
  return html`<td>${asked}</td><td>${failed > 0 ? html`<span class="flaw">${failed}</span>` : 0}</td>`;
}

const splitIds: Readonly<Record<string, string>> = {
  "utilization@": "utilization",
  "precision-visual@": "precision, visual",
  "precision-acoustic@": "precision, acoustic",
  "probe-pair": "pair",
  "probe-absent": "absent, no",
  "masked-share-visual": "hidden claims, visual",
  "masked-share-acoustic": "hidden claims, acoustic",
};

function splitTable(results: readonly BenchmarkResult[], name: string): Html {
  const title =
    name === "conflict" ? "Face and voice in conflict" : "Face and voice of one emotion";
  return html`<h3>${title}</h3>${plainTable(results, splitIds, (result) =>
    result.sets.find((set) => set.name === name),
  )}`;
}

const controlIds: Readonly<Record<string, string>> = {
  "utilization@": "as asked",
  "shuffled@": "against another sample",
  "text-only@": "text only",
  "no-subtitle@": "no subtitle",
  "recall-hidden-visual@": "visual hidden",
  "recall-hidden-acoustic@": "acoustic hidden",
};

function controlsTable(results: readonly BenchmarkResult[]): Html {
  return html`<h3>Controls: recall that is no perception</h3>
<p class="note">Cues recovered where nothing could be perceived, or where they belong to another sample. Recall counts for as much as it stands above these.</p>
${plainTable(results, controlIds, (result) => result.sets[0])}`;
}

function thresholdTable(results: readonly BenchmarkResult[]): Html {
  const thresholds = [
    ...new Set(results.flatMap(({ protocol }) => String(protocol.settings.thresholds).split(", "))),
  ].sort();
  const sweep = Object.fromEntries(
    thresholds.flatMap((threshold) => [
      [`utilization@${threshold}`, `τ ${threshold}`],
      [`shuffled@${threshold}`, `τ ${threshold}, other sample`],
    ]),
  );
  return html`<h3>Utilization at every threshold</h3>${plainTable(results, sweep, (result) => result.sets[0])}`;
}

function plainTable(
  results: readonly BenchmarkResult[],
  labels: Readonly<Record<string, string>>,
  setOf: (result: BenchmarkResult) => SetResult | undefined,
): Html {
  return html`<div class="scroll"><table><thead><tr><th>Model</th>${Object.values(labels).map(
    (label) => html`<th>${label}</th>`,
  )}</tr></thead><tbody>${results.map(
    (result, index) =>
      html`<tr class="${systemClass(index + 1)}"><td class="name">${rowName(result, results)}</td>${Object.keys(
        labels,
      ).map((id) => valueCell(metricOf(result, id, setOf(result))))}</tr>`,
  )}</tbody></table></div>`;
}

/** Every metric with its meaning; all thresholds. */
function definitions(results: readonly BenchmarkResult[]): Html {
  const known = new Map(
    results.flatMap(({ sets }) => sets[0]?.metrics ?? []).map((m) => [m.id, m]),
  );
  const thresholds = [...known.keys()].flatMap((id) => /@([\d.]+)$/.exec(id)?.[1] ?? []);
  const metrics = mepMetrics([...new Set(thresholds)].map(Number));
  return html`<details><summary>All metrics, and what each one counts</summary><div class="scroll"><table><thead><tr><th>Metric</th>${results.map(
    ({ model }, index) =>
      html`<th class="${systemClass(index + 1)}"><span class="key">${model}</span></th>`,
  )}<th class="about">Definition</th></tr></thead><tbody>${metrics.map(
    ({ id, about }) =>
      html`<tr><td>${known.get(id)?.label ?? id}</td>${results.map((result) =>
        valueCell(metricOf(result, id)),
      )}<td class="about">${about}</td></tr>`,
  )}</tbody></table></div></details>`;
}
