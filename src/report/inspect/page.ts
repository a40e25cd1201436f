import { counted } from "../../core/counted.ts";
import { duration } from "../../core/duration.ts";
import { type InspectedClip, lengthOf } from "../../data/inspect/clip.ts";
import { foundProblems } from "../../data/inspect/found.ts";
import type { InspectedList } from "../../data/inspect/inspected-list.ts";
import { weightSigns } from "../../data/inspect/summary.ts";
import { bytesText } from "../../data/inspect/words.ts";
import { Html, html } from "../html.ts";
import { style } from "../style.ts";
import { clipCard } from "./card.ts";
import { mostRows, shownClips } from "./shown.ts";
import { inspectStyle } from "./style.ts";
import { countsTable, problemsSection, waysSection } from "./tables.ts";

/** Frames of a film by its content hash, base64 JPEGs. */
export type Shots = ReadonlyMap<string, readonly string[]>;

/** The page of an inspection as text: one file that needs nothing else. */
export function renderInspection(list: InspectedList, shots: Shots): string {
  const shown = shownClips(list);
  const set = new Set(shown);
  const title = `Inspection of ${list.source.name}`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${new Html(style)}${new Html(inspectStyle)}</style></head>
<body><main><header><h1>${title}</h1><p class="question">${finding(list)}</p><p class="finding">${overview(list)}</p>${remarks(list)}
<nav aria-label="Sections"><ul><li><a href="#ways">Ways on</a></li><li><a href="#problems">Problems</a></li><li><a href="#numbers">Labels and cues</a></li><li><a href="#sheet">Clips</a></li><li><a href="#all">Table of all</a></li></ul></nav></header>
${waysSection(list, set)}${problemsSection(list, set)}${numbersSection(list)}${sheetSection(list, shown, shots)}${allSection(list)}
</main><script>${new Html(filterScript)}</script></body></html>
`.text;
}

/** What somebody would say who had looked. */
function finding({ clips, ways, problems }: InspectedList): string {
  const serious = [...problems.values()].filter((own) =>
    own.some(({ kind }) => kind.weight !== "note"),
  ).length;
  const open = ways.filter((way) => way.clips > 0);
  const best = Math.max(0, ...ways.map((way) => way.clips));
  const most =
    best === clips.length
      ? `All of ${counted(clips.length, "clip")} can be used`
      : `${best} of ${counted(clips.length, "clip")} can be used`;
  const where =
    open.length === ways.length
      ? ""
      : `; ${ways.length - open.length} of ${ways.length} ways on ${ways.length - open.length === 1 ? "is" : "are"} closed to all`;
  const look =
    serious === 0
      ? "nothing asks to be looked at"
      : `${counted(serious, "clip")} should be looked at`;
  return `${most}${where}; ${look}.`;
}

function overview({ media, total, clips, swap }: InspectedList): string {
  if (!media) return "Files were not opened (--no-media).";
  const references = clips.filter(({ cues }) => cues).length;
  const equal = swap.visual.shapes <= 1 && swap.acoustic.shapes <= 1;
  return [
    `${duration(total.pictureSec)} of picture, ${duration(total.soundSec)} of sound, ${bytesText(total.bytes)}.`,
    references === 0 ? "No references." : `${references} references.`,
    equal
      ? "All clips are equally long and large."
      : "Clips differ in length or size, so streams can't be swapped.",
  ].join(" ");
}

/** What the reader of the list and the division into sides had to say. */
function remarks({ notes, sides }: InspectedList): Html | null {
  const all = [...notes, ...("notes" in sides ? sides.notes : [sides.refused.message])];
  return all.length > 0
    ? html`<ul class="remarks">${all.map((note) => html`<li>${note}</li>`)}</ul>`
    : null;
}

function numbersSection({ labels, groups, splits, cues }: InspectedList): Html {
  const tables = [
    countsTable("Labels", labels),
    countsTable("Sides, as an experiment would draw them", splits),
    countsTable("Groups", groups),
    countsTable("What references see", cues.visual),
    countsTable("What references hear", cues.acoustic),
    countsTable("What references conclude", cues.emotion),
  ];
  return html`<section id="numbers"><h2>Labels and cues</h2><p class="lead">Cues are read from the references by rules; the most frequent ones.</p><div class="counted">${tables}</div></section>`;
}

function sheetSection(list: InspectedList, shown: readonly InspectedClip[], shots: Shots): Html {
  const count =
    shown.length === list.clips.length
      ? `All ${counted(shown.length, "clip")}.`
      : `${shown.length} of ${list.clips.length} clips: first those to look at, then some spread evenly over the list.`;
  const kinds = foundProblems(list).map(
    ({ kind, clips }) =>
      html`<option value="${kind.id}">${weightSigns[kind.weight]} ${kind.title} (${clips.length})</option>`,
  );
  const cards = shown.map((clip) =>
    clipCard(clip, list, shots.get(clip.media?.files.video?.sha256 ?? "") ?? []),
  );
  return html`<section id="sheet"><h2>Clips</h2><p class="lead">${count} Bar: the picture; below it the sound, on the same time axis. ✕ stops every way, ▲ should be looked at, · is good to know.</p>
<p class="filter"><label>Show <select id="filter"><option value="">all that are shown here</option><option value="none">· without a problem</option>${kinds}</select></label></p>
<div class="sheet">${cards}</div></section>`;
}

function allSection(list: InspectedList): Html {
  const rows = list.clips.slice(0, mostRows).map((clip) => {
    const { row, media, cues } = clip;
    const { picture = null, sound = null } = media ?? {};
    const cells = [
      picture && lengthOf(picture).toFixed(2),
      sound && lengthOf(sound).toFixed(2),
      picture && `${picture.width}×${picture.height}`,
      picture && Number(picture.fps.toFixed(2)),
      cues && `${cues.visual} / ${cues.acoustic}`,
      row.labels.join(", "),
    ];
    const problems = (list.problems.get(clip) ?? []).map(
      ({ kind }) => `${weightSigns[kind.weight]} ${kind.title}`,
    );
    return html`<tr><td>${row.id}</td>${cells.map((cell) => html`<td>${cell ?? "–"}</td>`)}<td class="about">${problems.join("; ")}</td></tr>`;
  });
  const more = list.clips.length - rows.length;
  const heads = ["clip", "picture, s", "sound, s", "pixels", "fps", "cues seen / heard", "labels"];
  return html`<section id="all"><h2>All clips</h2>${more > 0 ? html`<p class="lead">The first ${rows.length}; the other ${more} stand in inspect.json.</p>` : null}<details><summary>Table of ${counted(rows.length, "clip")}</summary><div class="scroll" tabindex="0" role="region" aria-label="All clips"><table><thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}<th scope="col" class="about">problems</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

/** Without it every card is shown. */
const filterScript = `
const filter = document.getElementById("filter");
filter.addEventListener("change", () => {
  for (const card of document.querySelectorAll(".card")) {
    const kinds = card.dataset.kinds.split(" ").filter(Boolean);
    card.hidden = filter.value === "none" ? kinds.length > 0 : filter.value !== "" && !kinds.includes(filter.value);
  }
});
`;
