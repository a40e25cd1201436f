import type { ClipRecord, CueRecord } from "../bench/mep/reference/clip-record.ts";
import type { ReferenceReport, ReportClip } from "./data.ts";
import { player } from "./embedded-media.ts";
import { type Html, html, systemClass } from "./html.ts";
import { responseHtml, type ShownClaim } from "./response.ts";

/** The clips beside what every system said, which cues it recovered, and what it said besides. */
export function referenceClipsSection(data: ReferenceReport, playable: boolean): Html | null {
  const shown = data.systems[0]!.reference.clips.filter(({ tokens }) => tokens !== undefined);
  if (shown.length === 0) return null;
  const media = new Map(data.clips.map((clip) => [clip.id, clip]));
  return html`<section id="reference-clips"><h2>${playable ? "What they saw, heard and said" : "The same against references"}</h2>
<p class="lead">One response per system and clip, sampled as in the table. A tick is a claim that the reference makes, too.</p>
${legend}${shown.map(({ id }) => clipCard(media.get(id) ?? { id }, data, playable))}</section>`;
}

const legend = html`<ul class="legend">
<li><mark class="visual">visual claim</mark></li><li><mark class="acoustic">acoustic claim</mark></li><li><mark class="emotion">emotion</mark></li>
<li><mark class="visual matched">in the reference<span class="sign">✓</span></mark></li>
<li><mark class="visual unmatched">not in it<span class="sign">?</span></mark></li>
<li><span class="strip visual"></span>less likely with the video hidden</li>
<li><span class="strip acoustic"></span>less likely with the audio hidden</li>
<li><span class="strip quiet"></span>more likely with it hidden</li></ul>`;

function clipCard(clip: ReportClip, data: ReferenceReport, playable: boolean): Html {
  const records = data.systems.map(({ name, reference }) => ({
    name,
    record: reference.clips.find(({ id }) => id === clip.id),
  }));
  const known = records.find(({ record }) => record !== undefined)?.record;
  return html`<article class="clip"><div><h3>${clip.caption ?? clip.id}</h3>
${playable ? player(clip) : null}
${known === undefined ? null : facts(known)}</div>
<div>${known === undefined ? null : recoveredTable(known, records)}${records.map(({ name, record }, index) => said(name, index, record))}</div></article>`;
}

function facts({ id, labels }: ClipRecord): Html {
  return html`<dl class="facts"><dt>right answer</dt><dd>${labels.length === 0 ? "nobody says" : labels.join(", ")}</dd><dt>clip</dt><dd><code>${id}</code></dd></dl>`;
}

/** Cues of the reference, and who recovered each: the claim that did, as a tooltip. */
function recoveredTable(
  { cues }: ClipRecord,
  records: readonly { name: string; record: ClipRecord | undefined }[],
): Html {
  const mark = (record: ClipRecord | undefined, at: number): Html => {
    const cue: CueRecord | undefined = record?.cues[at];
    if (cue === undefined) return html`<td>–</td>`;
    const by =
      cue.by === undefined ? "no claim" : `“${cue.by.text}”, cosine ${cue.by.cosine.toFixed(2)}`;
    return html`<td title="nearest: ${by}"><span class="${cue.recovered ? "up" : "missed"}">${cue.recovered ? "✓" : "·"}<span class="hidden-text">${cue.recovered ? "recovered" : "not recovered"}</span></span></td>`;
  };
  return html`<div class="scroll"><table class="recovered"><thead><tr><th>the reference says</th>${records.map(
    ({ name }, index) =>
      html`<th class="${systemClass(index)}"><span class="key">${name}</span></th>`,
  )}</tr></thead><tbody>${cues.map(
    ({ modality, text, positive }, at) =>
      html`<tr><td><mark class="${modality}">${text}</mark>${positive ? null : html` <small>denied</small>`}</td>${records.map(({ record }) => mark(record, at))}</tr>`,
  )}</tbody></table></div>`;
}

function said(name: string, index: number, record: ClipRecord | undefined): Html {
  const response = record?.responses.full;
  if (record === undefined || response === undefined) {
    return html`<div class="said ${systemClass(index)}"><h4><span class="key">${name}</span></h4><p class="note">no response recorded for this clip</p></div>`;
  }
  const claims = response.claims.flatMap((claim): ShownClaim[] =>
    claim.start === undefined || claim.end === undefined
      ? []
      : [{ ...claim, start: claim.start, end: claim.end }],
  );
  const evidence = response.claims.filter(({ modality }) => modality !== "emotion");
  const matched = evidence.filter(({ verdict }) => verdict === "matched").length;
  const recovered = record.cues.filter((cue) => cue.recovered).length;
  const summary =
    evidence.length === 0
      ? "no claims"
      : `${recovered} of ${record.cues.length} cues recovered, ${matched} of ${evidence.length} claims in the reference`;
  return html`<div class="said ${systemClass(index)}"><h4><span class="key">${name}</span><small>${summary}${response.wellFormed ? "" : ", malformed"}</small></h4>${responseHtml({ ...response, claims }, record.tokens)}</div>`;
}
