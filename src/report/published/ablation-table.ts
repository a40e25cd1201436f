import { fixed } from "../benchmark-format.ts";
import { oppoPaper } from "../benchmark-published.ts";
import { type Html, html } from "../html.ts";
import { ablationFits, ablationMean, publishedAblations } from "./ablations.ts";

/** The paper's ablations, folded: means are those of the cells, with misprints below them. */
export function ablationTable(): Html {
  const value = (own: number | undefined) =>
    html`<td>${own === undefined ? "–" : fixed(own, 2)}</td>`;
  return html`<details><summary>The paper's ablations, as published (${oppoPaper})</summary><div class="scroll"><table><thead><tr class="group"><th></th><th colspan="4">MER-UniBench</th><th colspan="3">MEP-Bench</th></tr><tr><th>Setting</th><th>sentiment</th><th>basic</th><th>fine</th><th>mean</th><th>cue recall</th><th>Acc@V</th><th>Acc@A</th></tr></thead><tbody>${publishedAblations.map(
    (row) =>
      html`<tr class="published"><td>${row.setting}${row.remark === undefined ? null : html`<small>${row.remark}</small>`}</td>${row.groups.map(value)}<td>${fixed(ablationMean(row), 2)}${
        ablationFits(row)
          ? null
          : html`<span class="flaw">printed as ${fixed(row.printedMean, 2)}</span>`
      }</td>${[0, 1, 2].map((at) => value(row.mep?.[at]))}</tr>`,
  )}</tbody></table></div><p class="note">One training run each; no seeds, no intervals.</p></details>`;
}
