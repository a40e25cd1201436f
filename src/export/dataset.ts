import { existsSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { ConfigError } from "../core/errors.ts";
import { readJson } from "../core/files.ts";
import { readJsonl } from "../core/jsonl.ts";
import { loadManifest } from "../corpus/load-manifest.ts";
import type { CorpusInfo, Split } from "../corpus/manifest.ts";
import { swiftRow } from "../corpus/ms-swift.ts";
import type { CorpusOptions } from "../corpus/options.ts";
import { parseResponse } from "../cues/response.ts";
import type { SwiftOptions } from "./options.ts";

type Audio = SwiftOptions["training"]["audio"];

/** A line of data.jsonl, as ms-swift's GRPO reads it (spec ms-swift §7). */
export interface SwiftRow {
  messages: readonly { role: string; content: string }[];
  videos: readonly string[];
  audios?: readonly string[];
  clip_id: string;
  reference: string;
  label?: string;
  labels?: readonly string[];
}

/** A line of a user's file. Media paths are relative to the file. */
export const clipRow = z
  .strictObject({
    clip_id: z.string().min(1),
    video: z.string().min(1),
    audio: z.string().min(1).optional(),
    reference: z.string().min(1),
    label: z.string().min(1).optional(),
    labels: z.array(z.string().min(1)).min(1).optional(),
    question: z.string().min(1).optional(),
  })
  .refine(({ label, labels }) => label === undefined || labels === undefined, {
    message: "give `label` or `labels`, not both",
    path: ["labels"],
  });
type ClipRow = z.infer<typeof clipRow>;

/** Rows of a synthetic corpus' folder, or of a user's JSONL file. @throws ConfigError naming the line. */
export function datasetRows(path: string, split: Split, audio: Audio): SwiftRow[] {
  if (!existsSync(path))
    throw new ConfigError("DATA_MISSING", "no such file or folder", { file: path });
  return statSync(path).isDirectory() ? corpusRows(path, split, audio) : fileRows(path, audio);
}

function corpusRows(folder: string, split: Split, audio: Audio): SwiftRow[] {
  const { options } = readJson<CorpusInfo>(join(folder, "corpus.json"));
  const { render } = options as CorpusOptions;
  const wav = audio === "separate";
  if (wav && !render.wav) {
    throw new ConfigError("DATA_AUDIO", "the corpus has no wav files", {
      file: folder,
      hint: "use training.audio in-video, or generate it with render.wav",
    });
  }
  const rows = loadManifest(folder).filter((row) => row.split === split);
  if (rows.length === 0) {
    throw new ConfigError("DATA_EMPTY", `the corpus has no ${split} clips`, { file: folder });
  }
  return rows.map((row) => swiftRow(folder, row, { ...render, wav }) as SwiftRow);
}

function fileRows(file: string, audio: Audio): SwiftRow[] {
  const clips = readJsonl<unknown>(file).map((value, index) => {
    const parsed = clipRow.safeParse(value);
    if (!parsed.success) refuse(file, index, parsed.error.issues[0]!);
    checkClip(parsed.data, file, index, audio);
    return parsed.data;
  });
  if (clips.length === 0) throw new ConfigError("DATA_EMPTY", "no rows", { file });
  const seen = new Map<string, number>();
  for (const [index, { clip_id: id }] of clips.entries()) {
    const line = seen.get(id);
    if (line !== undefined) {
      refuse(file, index, { path: ["clip_id"], message: `'${id}' stands in line ${line} already` });
    }
    seen.set(id, index + 1);
  }
  const question = questionFor(clips);
  return clips.map((clip) => toSwift(clip, dirname(file), question, audio));
}

function refuse(
  file: string,
  index: number,
  { path, message }: { path: readonly PropertyKey[]; message: string },
): never {
  const field = path.map(String).join(".");
  throw new ConfigError("DATA_ROW", `${field || "row"}: ${message}`, {
    file,
    line: index + 1,
    path: field,
    hint: "a row is {clip_id, video, audio?, reference, label | labels, question?}",
  });
}

function checkClip(clip: ClipRow, file: string, index: number, audio: Audio): void {
  const need = (fact: boolean, path: string, message: string): void => {
    if (!fact) refuse(file, index, { path: [path], message });
  };
  if (audio === "separate") {
    need(clip.audio !== undefined, "audio", "is missing, and training.audio is separate");
  } else {
    need(clip.audio === undefined, "audio", "would be heard twice: training.audio is in-video");
  }
  for (const name of ["video", "audio"] as const) {
    const path = clip[name];
    need(
      path === undefined || existsSync(resolve(dirname(file), path)),
      name,
      `no such file: ${path}`,
    );
  }
  const answered = (parseResponse(clip.reference).answer?.text.trim() ?? "") !== "";
  const labelled = clip.label !== undefined || clip.labels !== undefined;
  need(labelled || answered, "label", "is missing, and the reference has no <answer>");
}

/** Labels that a question may list; more of them are an open vocabulary. */
const maxListed = 12;

function questionFor(clips: readonly ClipRow[]): string {
  const labels = [...new Set(clips.flatMap(({ label }) => label ?? []))].sort();
  const listed = labels.length >= 2 && labels.length <= maxListed;
  const choice = listed ? `, one of: ${labels.join(", ")}` : "";
  return (
    "What emotion does this person feel? Think first: say what you see, what you hear in the voice and " +
    `what that means, inside <think></think>; then give the emotion inside <answer></answer>${choice}.`
  );
}

function toSwift(clip: ClipRow, folder: string, question: string, audio: Audio): SwiftRow {
  const tags = audio === "separate" ? "<video><audio>" : "<video>";
  return {
    messages: [{ role: "user", content: `${tags}${clip.question ?? question}` }],
    videos: [resolve(folder, clip.video)],
    ...(clip.audio === undefined ? {} : { audios: [resolve(folder, clip.audio)] }),
    clip_id: clip.clip_id,
    reference: clip.reference,
    ...(clip.labels === undefined
      ? { label: clip.label ?? parseResponse(clip.reference).answer!.text.trim() }
      : { labels: clip.labels }),
  };
}
