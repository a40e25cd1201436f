import type { InspectedClip } from "../../data/inspect/clip.ts";
import { type FoundProblem, foundProblems, foundRefusals } from "../../data/inspect/found.ts";
import type { Count } from "../../data/inspect/inspect.ts";
import type { InspectedList } from "../../data/inspect/inspected-list.ts";
import type { Weight } from "../../data/inspect/problems.ts";
import { waySign, weightSigns, whyLeft } from "../../data/inspect/summary.ts";
import { type Html, html } from "../html.ts";
import { anchorOf } from "./card.ts";

/** Names of clips in one cell at most, and how many of them come with what was measured. */
const mostNames = 12;
const mostTold = 3;

const weightWords: Readonly<Record<Weight, string>> = {
  stop: "stops every way",
  look: "look at it",
  note: "good to know",
};

/** Names of clips, linked where the clip is shown on the page. */
function names(
  clips: readonly { clip: InspectedClip; text: string }[],
  list: InspectedList,
  shown: ReadonlySet<InspectedClip>,
): Html {
  const name = (clip: InspectedClip): Html | string =>
    shown.has(clip) ? html`<a href="#${anchorOf(clip, list)}">${clip.row.id}</a>` : clip.row.id;
  const told = clips
    .slice(0, mostTold)
    .map(({ clip, text }) => html`<li>${name(clip)} <small>${text}</small></li>`);
  const named = clips
    .slice(mostTold, mostNames)
    .map(({ clip }, index) => html`${index > 0 ? ", " : ""}${name(clip)}`);
  const more = clips.length - mostNames;
  const rest = more > 0 ? ` and ${more} more, named in inspect.json` : null;
  return html`<ul class="names">${told}${named.length > 0 ? html`<li>${named}${rest}</li>` : null}</ul>`;
}

/** A table that scrolls sideways by keyboard, too. */
const scrolled = (label: string, table: Html): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${table}</div>`;

export function waysSection(list: InspectedList, shown: ReadonlySet<InspectedClip>): Html {
  const total = Math.max(1, list.clips.length);
  const rows = list.ways.map(({ way, clips, refused, list: all }) => {
    const sign = waySign(clips, refused.length, all.length);
    return html`<tr><td>${sign} ${way.title}<code>${way.command}</code></td><td class="bar"><meter min="0" max="${total}" value="${clips}">${clips} of ${total}</meter></td><td><b>${clips}</b> of ${list.clips.length}</td></tr>${all.map(({ says, cure }) => html`<tr><td colspan="3">the list as a whole: ${says} <small>${cure}</small></td></tr>`)}`;
  });
  const reasons = foundRefusals(list.ways).map(({ clips, ways, cure }) => {
    const own = clips.map(({ clip, says }) => ({ clip, text: says }));
    const closed = ways.length === list.ways.length ? "every way" : ways.join(", ");
    return html`<tr><td>${closed}</td><td>${clips.length}</td><td class="about">${names(own, list, shown)}</td><td class="about">${cure}</td></tr>`;
  });
  return html`<section id="ways"><h2>Ways on</h2><p class="lead">What each command would refuse, found before anything is paid for. ✓ every clip can go, ▲ some, ✕ none, or the list as a whole is refused.</p>
${scrolled("Ways on", html`<table><thead><tr><th scope="col">way</th><th scope="col">share</th><th scope="col">clips</th></tr></thead><tbody>${rows}</tbody></table>`)}
${reasons.length === 0 ? null : html`<h3>Why clips are refused</h3>${scrolled("Why clips are refused", html`<table><thead><tr><th scope="col">closed</th><th scope="col">clips</th><th scope="col" class="about">which</th><th scope="col" class="about">cure</th></tr></thead><tbody>${reasons}</tbody></table>`)}`}</section>`;
}

export function problemsSection(list: InspectedList, shown: ReadonlySet<InspectedClip>): Html {
  const found = foundProblems(list);
  const left = list.left.map((row) => html`<li>${row.id} <small>${whyLeft(row)}</small></li>`);
  const row = ({ kind, clips }: FoundProblem): Html => {
    const own = clips.map(({ clip, detail }) => ({ clip, text: detail }));
    return html`<tr class="${kind.weight}"><td><span class="weight">${weightSigns[kind.weight]}</span> ${kind.title}</td><td>${weightWords[kind.weight]}</td><td>${clips.length}</td><td class="about">${names(own, list, shown)}</td></tr>`;
  };
  if (found.length + left.length === 0) {
    return html`<section id="problems"><h2>Problems</h2><p class="lead">✓ None was found.</p></section>`;
  }
  return html`<section id="problems"><h2>Problems</h2>
${scrolled("Problems", html`<table><thead><tr><th scope="col">what</th><th scope="col">how bad</th><th scope="col">clips</th><th scope="col" class="about">which</th></tr></thead><tbody>${left.length > 0 ? html`<tr class="stop"><td><span class="weight">✕</span> row left out</td><td>${weightWords.stop}</td><td>${left.length}</td><td class="about"><ul class="names">${left.slice(0, mostNames)}</ul></td></tr>` : null}${found.map(row)}</tbody></table>`)}</section>`;
}

/** Names and how often they stand there, as bars whose length is also a number. */
export function countsTable(title: string, counts: readonly Count[], most = 20): Html | null {
  if (counts.length === 0) return null;
  const largest = counts[0]!.count;
  const rows = counts
    .slice(0, most)
    .map(
      ({ name, count }) =>
        html`<tr><th scope="row">${name}</th><td>${count}</td><td class="bar"><meter min="0" max="${largest}" value="${count}">${count}</meter></td></tr>`,
    );
  const more = counts.length - most;
  return html`<figure class="counts"><figcaption><b>${title}</b></figcaption><table class="narrow"><tbody>${rows}</tbody></table>${more > 0 ? html`<p class="note">and ${more} more</p>` : null}</figure>`;
}
