import type { ReportData } from "./data.ts";
import { type Html, html, systemClass } from "./html.ts";
import { type Line, lineChart } from "./line-chart.ts";

interface Chart {
  title: string;
  /** Key in the curves' rows. */
  key: string;
  /** What the reader should see in it, in half a sentence. */
  caption?: string;
}

/** What the trainer records, in the order worth looking at. Other keys are drawn further down. */
const known: readonly Chart[] = [
  { title: "Reward", key: "reward", caption: "what is maximised; scales differ between systems" },
  {
    title: "Claims per response",
    key: "claims",
    caption: "visual and acoustic, as the reward reads them",
  },
  {
    title: "Recall, visual",
    key: "recall/visual",
    caption: "the reward's own matcher, training clips",
  },
  {
    title: "Recall, acoustic",
    key: "recall/acoustic",
    caption: "the reward's own matcher, training clips",
  },
  { title: "Answer accuracy", key: "accuracy", caption: "training clips" },
  { title: "Format", key: "format", caption: "share of well-formed responses" },
  { title: "Loss", key: "loss" },
  { title: "Gradient norm", key: "gradientNorm", caption: "before clipping" },
];
const notDrawn = new Set(["step", "seconds"]);

/**
 * Small multiples over training: systems that record a reward together, the others each on their
 * own.
 */
export function curvesSection(data: ReportData): Html | null {
  const trained = data.systems.flatMap(({ name, curves }, index) =>
    curves.length === 0 ? [] : [{ name, curves, index }],
  );
  if (trained.length === 0) return null;
  const learning = trained.filter(({ curves }) => curves.some((row) => row.reward !== undefined));
  const other = trained.filter((system) => !learning.includes(system));
  return html`<section id="training"><h2>Training</h2>
<p class="lead">Running means over faint raw values; point at a chart for numbers.</p>
<ul class="legend">${trained.map(
    ({ name, index }) =>
      html`<li class="${systemClass(index)}"><span class="key">${name}</span></li>`,
  )}</ul>
${charts(learning)}${other.map(
  (system) => html`<h3>${system.name}</h3>${charts([system])}`,
)}</section>`;
}

type Trained = { name: string; index: number; curves: ReportData["systems"][number]["curves"] };

function charts(systems: readonly Trained[]): Html | null {
  const keys = new Set(systems.flatMap(({ curves }) => curves.flatMap(Object.keys)));
  const first = known.filter(({ key }) => keys.has(key));
  const shown = new Set(first.map(({ key }) => key));
  const rest = [...keys]
    .filter((key) => !shown.has(key) && !notDrawn.has(key))
    .map((key) => ({ title: key, key }));
  if (first.length + rest.length === 0) return null;
  const grid = (list: readonly Chart[]) =>
    html`<div class="charts">${list.map((chart) => figure(chart, systems))}</div>`;
  if (first.length === 0) return grid(rest);
  return html`${grid(first)}${
    rest.length === 0
      ? null
      : html`<details><summary>Further curves (${rest.length})</summary>${grid(rest)}</details>`
  }`;
}

function figure({ title, key, caption }: Chart, systems: readonly Trained[]): Html | null {
  const lines = systems
    .map(({ name, index, curves }): Line => ({ name, index, points: pointsOf(curves, key) }))
    .filter(({ points }) => points.length > 0);
  if (lines.length === 0) return null;
  return html`<figure><figcaption><b>${title}</b>${caption}</figcaption>${lineChart(title, lines)}</figure>`;
}

function pointsOf(curves: Trained["curves"], key: string): [number, number][] {
  return curves.flatMap((row, index): [number, number][] => {
    const value = row[key];
    return typeof value === "number" && Number.isFinite(value)
      ? [[row.step ?? index + 1, value]]
      : [];
  });
}
