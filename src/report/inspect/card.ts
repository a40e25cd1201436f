import { type InspectedClip, lengthOf } from "../../data/inspect/clip.ts";
import type { InspectedList } from "../../data/inspect/inspected-list.ts";
import { decibels, type Problem } from "../../data/inspect/problems.ts";
import { weightSigns } from "../../data/inspect/summary.ts";
import { type Html, html } from "../html.ts";
import { timeline } from "./timeline.ts";

/** A reference longer than this is cut on the card, characters. */
const longestText = 600;

/** One clip of the contact sheet: frames, time line, facts, problems, reference. */
export function clipCard(clip: InspectedClip, list: InspectedList, shots: readonly string[]): Html {
  const problems = list.problems.get(clip) ?? [];
  const { row, cues } = clip;
  return html`<article class="card" id="${anchorOf(clip, list)}" data-kinds="${problems.map(({ kind }) => kind.id).join(" ")}">
<div class="shots">${shots.length > 0 ? shots.map((shot, index) => picture(shot, row.id, index, shots.length)) : html`<p class="none">${clip.media ? "✕ no picture" : "not opened"}</p>`}</div>
${timeline(clip)}<h3>${row.id}</h3>
<p class="meta">${metaOf(clip).join(" · ")}</p>
${problems.length > 0 ? html`<ul class="chips">${problems.map(chip)}</ul>` : null}
<p class="meta">${[row.labels.join(", ") || "no label", row.group && `group ${row.group}`, cues ? `${cues.visual} seen, ${cues.acoustic} heard` : "no reference"].filter(Boolean).join(" · ")}</p>
${row.reference ? html`<details><summary>Reference</summary><p class="reference">${shortened(row.reference)}</p></details>` : null}</article>`;
}

/** Ids of clips hold any character; a place in the list does not. */
export const anchorOf = (clip: InspectedClip, { clips }: InspectedList): string =>
  `clip-${clips.indexOf(clip) + 1}`;

const picture = (shot: string, id: string, index: number, count: number): Html =>
  html`<img src="data:image/jpeg;base64,${shot}" alt="${id}, frame ${index + 1} of ${count}" loading="lazy">`;

/** A shape, a word and what was measured. */
export function chip({ kind, detail }: Problem): Html {
  return html`<li class="chip ${kind.weight}"><span aria-hidden="true">${weightSigns[kind.weight]}</span> ${kind.title} <small>${detail}</small></li>`;
}

function metaOf({ media }: InspectedClip): string[] {
  if (!media) return [];
  const { picture: seen, sound } = media;
  const files = Object.values(media.files).flatMap(({ facts }) => [
    facts.container,
    ...facts.tracks.filter(({ kind }) => kind !== "other").map(({ codec }) => codec),
  ]);
  return [
    seen ? `${lengthOf(seen).toFixed(2)} s` : "",
    seen ? `${seen.width}×${seen.height}` : "",
    seen ? `${Number(seen.fps.toFixed(2))} fps` : "",
    sound ? `${(sound.rateHz / 1000).toFixed(1)} kHz × ${sound.channels}` : "",
    sound ? `peak ${decibels(sound.peak)}` : "",
    [...new Set(files)].join(" "),
  ].filter((text) => text !== "");
}

const shortened = (text: string): string =>
  text.length <= longestText ? text : `${text.slice(0, longestText)} …`;
