import type { ClipRecord } from "../bench/mep/oracle/result.ts";
import type { OracleReport, ReportClip } from "./data.ts";
import { player } from "./embedded-media.ts";
import { type Html, html, systemClass } from "./html.ts";
import { responseHtml } from "./response.ts";

/** The clips, playable, beside what every system said about them. */
export function clipsSection(data: OracleReport): Html | null {
  if (data.clips.length === 0) return null;
  return html`<section id="clips"><h2>What they saw, heard and said</h2>
<p class="lead">One response per system and clip, sampled as in the table. Play the clip with sound.</p>
${legend}${data.clips.map((clip) => clipCard(clip, data))}</section>`;
}

const legend = html`<ul class="legend">
<li><mark class="visual">visual claim</mark></li><li><mark class="acoustic">acoustic claim</mark></li><li><mark class="emotion">emotion</mark></li>
<li><mark class="visual false">false<span class="sign">✗</span></mark></li>
<li><mark class="acoustic cross-modal">false, and what the other stream suggests<span class="sign">⇄</span></mark></li>
<li><mark class="visual unreadable">not in the lexicon<span class="sign">?</span></mark></li>
<li><span class="strip visual"></span>less likely with the video hidden</li>
<li><span class="strip acoustic"></span>less likely with the audio hidden</li>
<li><span class="strip quiet"></span>more likely with it hidden</li></ul>`;

function clipCard(clip: ReportClip, data: OracleReport): Html {
  const records = data.systems.map(({ name, result }, index) => ({
    name,
    index,
    record: result.clips.find(({ id }) => id === clip.id),
  }));
  const known = records.find(({ record }) => record !== undefined)?.record;
  return html`<article class="clip"><div><h3>${clip.caption ?? clip.id}</h3>
${player(clip)}
${known === undefined ? null : facts(known)}</div>
<div>${records.map(({ name, index, record }) => said(name, index, record))}</div></article>`;
}

function facts({ id, label, emotion, cues }: ClipRecord): Html {
  return html`<dl class="facts"><dt>face</dt><dd>${emotion.visual}</dd><dt>voice</dt><dd>${emotion.acoustic}</dd><dt>right answer</dt><dd>${label}</dd><dt>clip</dt><dd><code>${id}</code></dd></dl>
<p class="cues"><b>${cues.length === 0 ? "nothing to recover" : "cues to recover"}</b> ${cues.map(
    ({ modality, text }) => html`<mark class="${modality}">${text}</mark> `,
  )}</p>`;
}

function said(name: string, index: number, record: ClipRecord | undefined): Html {
  const response = record?.responses[0];
  if (record === undefined || response === undefined) {
    return html`<div class="said ${systemClass(index)}"><h4><span class="key">${name}</span></h4><p class="note">no response recorded for this clip</p></div>`;
  }
  const evidence = response.claims.filter(
    ({ modality, repeated }) => modality !== "emotion" && !repeated,
  );
  const right = evidence.filter(({ verdict }) => verdict === "true").length;
  const summary =
    evidence.length === 0
      ? "no claims"
      : `${right} of ${evidence.length} claims true, ${right} of ${record.cues.length} cues recovered`;
  return html`<div class="said ${systemClass(index)}"><h4><span class="key">${name}</span><small>${summary}${response.wellFormed ? "" : ", malformed"}</small></h4>${responseHtml(response, record.tokens)}</div>`;
}
