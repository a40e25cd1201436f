import { gapClosed, gapMetrics, gapText } from "../bench/mep/oracle/gap.ts";
import { metricById } from "../bench/mep/oracle/table.ts";
import type { OracleReport } from "./data.ts";
import { type Html, html, systemClass } from "./html.ts";

/** How far each system went from the start to the ceiling; nothing without a ceiling. */
export function gapSection({ systems }: OracleReport): Html | null {
  const top = systems.find(({ ceiling }) => ceiling);
  const [start, ...others] = systems.filter(({ ceiling }) => !ceiling);
  if (top === undefined || start === undefined || others.length === 0) return null;
  const results = others.map(({ result }) => result);
  const gaps = gapClosed(results, start.result, top.result);
  return html`<h3>Gap closed</h3>
<p class="note">Share of the way from ${start.name} (0) to ${top.name} (100), percent. The ceiling is the same policy, trained as long as ${start.name} on complete and true reasoning. “–”: its 95&nbsp;% interval does not rule out that there is no gap.</p>
<div class="scroll"><table class="narrow"><thead><tr><th>System</th>${gapMetrics.map(
    (id) => html`<th title="${metricById(id).about}">${metricById(id).label}</th>`,
  )}</tr></thead><tbody>${others.map(
    ({ name }, at) =>
      html`<tr class="${systemClass(systems.findIndex((system) => system.name === name))}"><td class="name">${name}</td>${gapMetrics.map(
        (id) => html`<td><span class="value">${gapText(gaps[at]![id])}</span></td>`,
      )}</tr>`,
  )}</tbody></table></div>`;
}
