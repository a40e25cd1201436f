import { duration } from "../core/duration.ts";
import { oracleReport, type ReportData, type ReportSystem, referenceReport } from "./data.ts";
import { type Html, html } from "./html.ts";

const oracleWords = html`<p><b>The world is synthetic.</b> Faces and voices are drawn from known factors (raised brows, trembling voice), so whether a claim is true is looked up, not judged. Responses are read by exact lookup of the lexicon, with rules the reward does not share.</p>
<p><b>Utilization</b> is recall: of the cues a clip really has, how many the response states. Repeating one doesn't count. F1 also charges for claims that aren't true.</p>
<p><b>Faithfulness</b> is the share of stated claims that are true. On conflict clips face and voice come from different emotions: there, describing the voice by what the face suggests is wrong.</p>
<p><b>Cross-modal hallucination</b> counts false claims that fit the other stream's emotion, minus those that would fit an emotion neither shows. Guessing at random scores 0; a negative value is chance.</p>
<p><b>If hidden</b>: claims about the face when the frames are black, about the voice when there is silence. Ideally none.</p>
<p><b>Pairs</b>: a true and a false statement about the same factor, as equally long as phrases allow; the share where the model finds the true one likelier. Chance is 50. Nothing is generated.</p>`;

const referenceWords = html`<p><b>References are what people wrote</b>, not the truth: a cue counts as recovered where a claim of the same stream is near it in meaning, by an embedder that errs. What no reference says may still be there.</p>
<p><b>Other clip</b>: the same responses against the cues of another clip. What they recover there is habit; only what is above it was seen or heard.</p>
<p><b>Claims if hidden</b>: claims about the picture when it shows nothing, about the voice when there is none. Ideally none.</p>
<p><b>Probes</b>: a cue of the clip, asked with the stream and without (both right: a pair), and a cue of another clip (absent). Decided by log-prob; nothing is generated. A cue with a word that training never used can't be asked and counts as not right.</p>`;

/** How to read the page, and everything needed to run it again. */
export function backgroundSection(data: ReportData): Html {
  return html`<section id="background"><h2>How to read this</h2><div class="columns">
${oracleReport(data) && oracleWords}${referenceReport(data) && referenceWords}
<p><b>Strips under the words</b>: log-prob of the token with full input minus log-prob with one stream hidden (${maskText(data)}), full colour at 2.5 nats. A visual claim should carry the first colour and not the second.</p>
<p><b>Intervals</b> are over clips, for one training run each. They don't hold the variation between seeds of training.</p>
</div>
${(data.notes ?? []).length > 0 ? html`<h3>Remarks</h3><ul>${(data.notes ?? []).map((note) => html`<li>${note}</li>`)}</ul>` : null}
<h2>Run</h2>
<div class="columns"><h3>Time</h3>${pairs(data.timings.map(({ step, seconds }) => [step, duration(seconds)]))}
<h3>Seeds</h3>${pairs(Object.entries(data.seeds))}
<h3>Versions</h3>${pairs(Object.entries(data.versions))}</div>
<details><summary>Resolved config</summary><pre>${JSON.stringify(data.config, null, 2)}</pre></details>
<details><summary>Evaluation settings</summary>${data.systems.map(
    ({ name, result, reference }) =>
      html`<h3>${name}</h3>${[result, reference].map((track) => track && settings(track))}`,
  )}</details></section>`;
}

function maskText(data: ReportData): string {
  const [first] = data.systems;
  const mask = first?.result?.settings.dropMask ?? first?.reference?.settings.mask;
  if (mask === "blank") return "black frames, silence";
  if (mask === "drop") return "left out of attention";
  return "another clip's stream in its place";
}

function pairs(entries: readonly (readonly [string, string | number])[]): Html {
  return html`<dl class="pairs">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function settings(track: NonNullable<ReportSystem["result"] | ReportSystem["reference"]>): Html {
  return pairs([
    ["policy", track.policy],
    ...Object.entries(track.settings),
    ["evaluation took", duration(track.seconds)],
  ]);
}
