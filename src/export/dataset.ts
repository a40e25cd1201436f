import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError, DataError } from "../core/errors.ts";
import { readJson } from "../core/files.ts";
import { loadManifest } from "../corpus/load-manifest.ts";
import type { CorpusInfo } from "../corpus/manifest.ts";
import { swiftRow } from "../corpus/ms-swift.ts";
import type { CorpusOptions } from "../corpus/options.ts";
import type { ClipRow, Split } from "../data/clip-row.ts";
import type { ReadOptions } from "../data/options.ts";
import { readClips } from "../data/read-clips.ts";
import { drawColdStart } from "../data/split/cold-start.ts";
import { type ContentKeys, contentGroups } from "../data/split/content.ts";
import type { Place } from "../data/tables/table.ts";
import type { SwiftOptions } from "./options.ts";

type Audio = SwiftOptions["training"]["audio"];

/** A line of data.jsonl, as ms-swift's GRPO reads it. */
export interface SwiftRow {
  messages: readonly { role: string; content: string }[];
  videos: readonly string[];
  audios?: readonly string[];
  clip_id: string;
  reference: string;
  label?: string;
  labels?: readonly string[];
}

/** Rows for ms-swift, and how the list was read. */
export interface Dataset {
  /** Clips of reinforcement learning. */
  rows: SwiftRow[];
  /** Clips that the cold start imitates, where they are others; absent: the same. */
  coldStart?: SwiftRow[];
  notes: readonly string[];
}

/**
 * Rows of a synthetic corpus' folder, or of a list of clips. Of a list that says which side its
 * clips are on, the clips of `split` alone: a run that trains on test clips measures nothing.
 * @param sft clips for the cold start alone, a number or a share (`drawColdStart`)
 * @throws ConfigError for a corpus without what settings ask for; DataError naming the line of a
 *   list, `SPLIT_COLD_START`
 */
export function datasetRows(
  path: string,
  split: Split,
  audio: Audio,
  read: ReadOptions = {},
  sft?: number,
): Dataset {
  if (!existsSync(path))
    throw new ConfigError("DATA_MISSING", "no such file or folder", { file: path });
  if (existsSync(join(path, "corpus.json"))) {
    const rows = corpusRows(path, split, audio);
    const clips = rows.map(({ clip_id: id }) => ({ id, media: {}, labels: [] }));
    return divided({ rows, notes: [] }, clips, new Map(), sft);
  }
  return listRows(path, split, audio, read, sft);
}

/** Clips of the cold start taken out of those of reinforcement learning, where that is asked for. */
function divided(
  { rows, notes }: Dataset,
  clips: readonly ClipRow[],
  content: ContentKeys,
  sft: number | undefined,
): Dataset {
  if (sft === undefined) return { rows, notes };
  const { ids, note } = drawColdStart(clips, { sft }, content);
  return {
    rows: rows.filter(({ clip_id }) => !ids.has(clip_id)),
    coldStart: rows.filter(({ clip_id }) => ids.has(clip_id)),
    notes: [...notes, note],
  };
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

function listRows(
  file: string,
  split: Split,
  audio: Audio,
  read: ReadOptions,
  sft: number | undefined,
): Dataset {
  const list = readClips(file, read, { media: "refuse", text: "every" });
  const chosen = list.rows.filter((row) => row.split === undefined || row.split === split);
  const others = list.rows.length - chosen.length;
  if (chosen.length === 0) {
    throw new DataError("DATA_EMPTY", `the list has no ${split} clips`, {
      file,
      hint: `${others} are on other sides; --split names one`,
    });
  }
  for (const row of chosen) checkRow(row, audio, list.places.get(row.id)!);
  const question = questionFor(chosen);
  const rows = chosen.map((row) => toSwift(row, question, audio));
  const left = others === 0 ? [] : [`${others} clips of other sides than ${split} are left out`];
  const content = sft === undefined ? new Map() : contentGroups(chosen);
  return divided({ rows, notes: [...list.notes, ...left] }, chosen, content, sft);
}

/** What ms-swift takes for a medium, wherever it stands in a text. */
const mediaTag = /<(?:video|audio|image)>/;

function checkRow(row: ClipRow, audio: Audio, place: Place): void {
  const { media, labels } = row;
  const need = (fact: boolean, path: string, message: string, hint: string): void => {
    if (!fact) throw new DataError("DATA_ROW", `${path}: ${message}`, { ...place, path, hint });
  };
  const film = "ms-swift reads films; features made elsewhere are for the embedded policy";
  need(media.video !== undefined, "video", "is missing", film);
  if (audio === "separate") {
    const hint = "name it in the column audio, or use training.audio=in-video";
    need(media.audio !== undefined, "audio", "is missing, and training.audio is separate", hint);
  } else {
    const hint = "use training.audio=separate, or leave the column out";
    need(
      media.audio === undefined,
      "audio",
      "would be heard twice: training.audio is in-video",
      hint,
    );
  }
  for (const path of ["subtitle", "question"] as const) {
    const tag = mediaTag.exec(row[path] ?? "")?.[0];
    need(
      tag === undefined,
      path,
      `holds ${tag}, which ms-swift takes for a medium`,
      "leave it out",
    );
  }
  need(labels.length > 0, "label", "is missing, and the reference has no <answer>", "add either");
}

/** Labels that a question may list; more of them are an open vocabulary. */
const maxListed = 12;

function questionFor(rows: readonly ClipRow[]): string {
  const single = rows.flatMap(({ labels }) => (labels.length === 1 ? labels : []));
  const labels = [...new Set(single)].sort();
  const listed = labels.length >= 2 && labels.length <= maxListed;
  const choice = listed ? `, one of: ${labels.join(", ")}` : "";
  return (
    "What emotion does this person feel? Think first: say what you see, what you hear in the voice and " +
    `what that means, inside <think></think>; then give the emotion inside <answer></answer>${choice}.`
  );
}

/** The subtitle stands before the question, as the benchmarks ask. */
function toSwift(row: ClipRow, question: string, audio: Audio): SwiftRow {
  const { id, media, reference, labels, subtitle = "" } = row;
  const spoken = subtitle.trim() === "" ? "" : `Subtitle: "${subtitle.trim()}"\n`;
  const tags = audio === "separate" ? "<video><audio>" : "<video>";
  return {
    messages: [{ role: "user", content: `${tags}${spoken}${row.question ?? question}` }],
    videos: [media.video!],
    ...(media.audio === undefined ? {} : { audios: [media.audio] }),
    clip_id: id,
    reference: reference!,
    ...(labels.length === 1 ? { label: labels[0]! } : { labels }),
  };
}
