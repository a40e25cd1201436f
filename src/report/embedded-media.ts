import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { RunError } from "../core/errors.ts";
import type { ReportClip } from "./data.ts";
import { Html, html } from "./html.ts";

const mimeTypes: Readonly<Record<string, string>> = {
  ".mp4": "video/mp4",
  ".webm": "video/webm",
  ".mkv": "video/x-matroska",
  ".avi": "video/x-msvideo",
  ".wav": "audio/wav",
};

/** The clip to play, or why there is none. */
export function player(clip: ReportClip): Html {
  if (clip.path === undefined) {
    return html`<p class="note">${clip.without ?? "no media"}</p>`;
  }
  const source = dataUri(clip.path);
  return extname(clip.path).toLowerCase() === ".wav"
    ? html`<audio controls preload="auto" src="${source}"></audio>`
    : html`<video controls loop playsinline preload="auto" src="${source}"></video>`;
}

/** @throws RunError `REPORT_CLIP` when the file can't be read or isn't media the page can name. */
function dataUri(path: string): Html {
  const mime = mimeTypes[extname(path).toLowerCase()];
  if (mime === undefined) {
    throw new RunError("REPORT_CLIP", "no media type is known for this extension", { file: path });
  }
  try {
    return new Html(`data:${mime};base64,${readFileSync(path).toString("base64")}`);
  } catch (cause) {
    throw new RunError("REPORT_CLIP", "a clip of the report can't be read", {
      file: path,
      hint: "keep the corpus folder where it was when the run was evaluated",
      cause,
    });
  }
}
