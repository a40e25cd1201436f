import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../src/core/errors.ts";
import { writeFileAtomic } from "../../src/core/files.ts";
import { Rng } from "../../src/core/rng.ts";
import type { Clip } from "../../src/media/clip.ts";
import { readClip } from "../../src/media/read.ts";
import { faults } from "./broken.ts";
import { writeForeign } from "./containers.ts";
import { nativeFeatures } from "./features.ts";
import { writeNpy } from "./npy.ts";
import { type Attention, describeTake, labels } from "./prose.ts";
import { drawTakes, filmTake, type Take } from "./take.ts";

/** What to draw; the defaults are the script's. */
export interface ForeignOptions {
  clips?: number;
  seed?: number;
  /** Length of every clip; drawn between 2 and 6 s where not given. */
  seconds?: number;
  /** Picture in `video/`, sound in `audio/*.wav`, instead of films in `videos/`. */
  separate?: boolean;
  /** Also `features/video/*.npy` (float32) and `features/audio/*.npy` (float16), [T, D]. */
  features?: boolean;
  /** Also six files that cannot be used as they are, each listed in the table. */
  bad?: boolean;
  /** Called after each clip. */
  onClip?: (done: number, total: number) => void;
}

/** One line of `references.csv`. */
export interface ForeignRow {
  filename: string;
  description: string;
  emotion: string;
  speaker: string;
}

/** What lies in the folder. */
export interface ForeignClips {
  /** The table: `references.csv`. */
  table: string;
  /** Folder of the films: `videos`, or `video` where the sound lies apart. */
  videos: string;
  /** Folder of the sound, where it lies apart. */
  sounds: string | null;
  /** Folders of features, where there are any. */
  features: { video: string; audio: string } | null;
  /** The table's lines in order; those of broken files last. */
  rows: readonly ForeignRow[];
}

/**
 * Draws clips that stand for somebody's own: films of mixed container, size, rate and length, and a
 * table of what a person wrote about them. There is no truth beside them. The same options give the
 * same bytes.
 * @throws ConfigError `FOLDER_NOT_EMPTY`: nothing of anybody's is written over.
 */
export async function drawForeignClips(
  folder: string,
  options: ForeignOptions = {},
): Promise<ForeignClips> {
  const { clips = 66, seed = 1, separate = false, bad = false, onClip } = options;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new ConfigError("FOLDER_NOT_EMPTY", "folder is not empty", {
      file: folder,
      hint: "choose a new folder, or empty this one",
    });
  }
  const out: ForeignClips & { rows: ForeignRow[] } = {
    table: join(folder, "references.csv"),
    videos: join(folder, separate ? "video" : "videos"),
    sounds: separate ? join(folder, "audio") : null,
    features: options.features
      ? { video: join(folder, "features", "video"), audio: join(folder, "features", "audio") }
      : null,
    rows: [],
  };
  mkdirSync(out.videos, { recursive: true });
  if (out.sounds) mkdirSync(out.sounds);
  for (const take of drawTakes(clips, seed, options.seconds ?? null)) {
    const { name, listed } = nameOf(take);
    await write(out, name, take.container, filmTake(take, seed));
    if (out.features) await writeFeatures(out, name, take.container);
    out.rows.push(rowOf(take, `${listed}.${take.container}`, seed));
    onClip?.(out.rows.length, clips);
  }
  if (bad) await writeBroken(out, seed);
  writeFileAtomic(out.table, csv(out.rows));
  return out;
}

/** A name on disk and the same name as the table spells it: two Unicode forms of one text. */
function nameOf({ index, speaker }: Take): { name: string; listed: string } {
  const number = String(index).padStart(3, "0");
  const styles = [
    `${speaker}_${number}`,
    `${speaker} take ${number}`,
    `100% ${speaker} ${number}`,
    `${speaker}-${number} 🎬`,
    `${speaker}.${number}`,
    `${speaker}'s clip, ${number}`,
  ];
  const name = styles[index % styles.length]!;
  const composed = index % 2 === 0;
  return {
    name: name.normalize(composed ? "NFC" : "NFD"),
    listed: name.normalize(composed ? "NFD" : "NFC"),
  };
}

function rowOf(take: Take, filename: string, seed: number): ForeignRow {
  const rng = new Rng(`foreign clips/${seed}/prose`).fork(take.index);
  const attention: Attention = (["visual", "acoustic"] as const)[take.index % 11] ?? "both";
  return {
    filename,
    description: describeTake(take, attention, rng),
    emotion: labels[take.emotion].label,
    // As people type it, now one way and now the other.
    speaker: take.speaker.normalize(take.index % 3 === 0 ? "NFD" : "NFC"),
  };
}

async function write(out: ForeignClips, name: string, ending: string, clip: Clip): Promise<void> {
  const film = join(out.videos, `${name}.${ending}`);
  if (!out.sounds) {
    await writeForeign(film, clip);
    return;
  }
  const { sampleRateHz } = clip.audio;
  await writeForeign(film, { ...clip, audio: { sampleRateHz, samples: new Float32Array(0) } });
  if (clip.audio.samples.length > 0) await writeForeign(join(out.sounds, `${name}.wav`), clip);
}

/** Of the written files: what anyone would compute from them. */
async function writeFeatures(out: ForeignClips, name: string, ending: string): Promise<void> {
  const film = join(out.videos, `${name}.${ending}`);
  const sound = out.sounds ? join(out.sounds, `${name}.wav`) : film;
  const { video, audio } = nativeFeatures({
    video: (await readClip(film, { needAudio: false })).video,
    audio: (await readClip(sound, { needVideo: false })).audio,
  });
  writeNpy(join(out.features!.video, `${name}.npy`), video, "float32");
  writeNpy(join(out.features!.audio, `${name}.npy`), audio, "float16");
}

async function writeBroken(
  out: ForeignClips & { rows: ForeignRow[] },
  seed: number,
): Promise<void> {
  const takes = drawTakes(faults.length, seed, 1);
  for (const [index, fault] of faults.entries()) {
    const take: Take = { ...takes[index]!, container: "mp4", width: 160, height: 120, fps: 12 };
    const film = join(out.videos, `${fault.name}.mp4`);
    const clip = filmTake(take, seed);
    if (fault.instead) fault.instead(film);
    else await write(out, fault.name, "mp4", fault.clip?.(clip) ?? clip);
    fault.file?.(film);
    if (fault.instead && out.sounds)
      await writeForeign(join(out.sounds, `${fault.name}.wav`), clip);
    out.rows.push(rowOf(take, `${fault.name}.mp4`, seed));
  }
}

const columns = ["filename", "description", "emotion", "speaker"] as const;

/** As Python's csv module writes it: quotes where they are needed, CRLF. */
function csv(rows: readonly ForeignRow[]): string {
  const quoted = (value: string): string =>
    /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  return lines.map((line) => `${line.map(quoted).join(",")}\r\n`).join("");
}
