import { writeFileAtomic } from "../core/files.ts";
import { backgroundSection } from "./background.ts";
import { behaviour } from "./behaviour.ts";
import { clipSetSection } from "./clip-set.ts";
import { clipsSection } from "./clips.ts";
import { curvesSection } from "./curves.ts";
import { oracleReport, type ReportData, referenceReport } from "./data.ts";
import { differencesSection } from "./differences.ts";
import { gapSection } from "./gap.ts";
import { Html, html } from "./html.ts";
import { referenceClipsSection } from "./reference-clips.ts";
import { referenceSection } from "./reference-results.ts";
import { catalogueSection, resultsSection } from "./results.ts";
import { style } from "./style.ts";

/**
 * Writes the report as one HTML file that needs nothing else: styles, script, charts and clips are
 * inside. Atomic: a kill leaves the old report.
 * @throws RunError `REPORT_CLIP` when a clip's file can't be read.
 */
export function writeReport(path: string, data: ReportData): void {
  writeFileAtomic(path, renderReport(data));
}

/** The page as text. */
export function renderReport(data: ReportData): string {
  const oracle = oracleReport(data);
  const reference = referenceReport(data);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${data.title}</title><style>${new Html(style)}</style></head>
<body><main><header><h1>${data.title}</h1><p class="question">${data.question}</p>${
    data.finding ? html`<p class="finding">${data.finding}</p>` : null
  }</header>
${clipSetSection(data)}${oracle && html`${resultsSection(oracle)}${gapSection(oracle)}${differencesSection(oracle)}${catalogueSection(oracle)}`}
${reference && referenceSection(reference)}
${curvesSection(data)}${oracle && clipsSection(oracle)}${reference && referenceClipsSection(reference, oracle === null)}${backgroundSection(data)}
</main><div id="tip" role="tooltip"></div><script>${new Html(behaviour)}</script></body></html>
`.text;
}
