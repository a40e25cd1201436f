import type { ReportData } from "./data.ts";
import { type Html, html } from "./html.ts";

/** Labels beyond so many are counted together. */
const shown = 16;

/** The user's clips: how many on which side, which labels, what to know of the division. */
export function clipSetSection({ data }: ReportData): Html | null {
  if (data === undefined) return null;
  const sides = Object.entries(data.counts).map(([side, count]) => html`<b>${count}</b> ${side}`);
  const labels = Object.entries(data.labels).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  const rest = labels.slice(shown);
  return html`<section id="data"><h2>The clips</h2>
<p class="lead">${data.name}: ${sides.map((side, index) => html`${index > 0 ? " · " : ""}${side}`)}</p>
${
  labels.length === 0
    ? html`<p class="note">No clip has a label: no answer is right or wrong, and accuracy is out of the reward.</p>`
    : html`<ul class="bars">${labels.slice(0, shown).map(([label, count]) => bar(label, count, labels[0]![1]))}${
        rest.length === 0 ? null : html`<li class="note">and ${rest.length} rarer ones</li>`
      }</ul>`
}
${data.notes.length === 0 ? null : html`<ul class="remarks">${data.notes.map((note) => html`<li>${note}</li>`)}</ul>`}</section>`;
}

const bar = (label: string, count: number, most: number): Html =>
  html`<li><span>${label}</span><i style="width:${((9 * count) / most).toFixed(2)}em"></i>${count}</li>`;
