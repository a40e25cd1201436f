import { existsSync } from "node:fs";
import { join } from "node:path";
import { counted } from "../../core/counted.ts";
import { ConfigError } from "../../core/errors.ts";
import { canonicalJson, sha256 } from "../../core/files.ts";
import type { ProgressListener } from "../../core/progress.ts";
import { defaultWorkers, runJobs } from "../../core/work-pool.ts";
import type { ClipRow } from "../../data/clip-row.ts";
import { type InspectedClip, lengthOf, mediaFacts } from "../../data/inspect/clip.ts";
import { lookAtFiles } from "../../data/inspect/look/look-at-files.ts";
import { streamRefusals } from "../../data/inspect/ways/streams.ts";
import { few } from "../../data/inspect/words.ts";
import type { FitOptions } from "../../media/fit.ts";
import { type EqualJob, equalJobs } from "./job.ts";

/** Sound is written as models hear it. */
const sampleRateHz = 16_000;
/** Changes when the same clip would be written with other bytes. */
const equalVersion = "1";
/** Lengths that differ by less are not spoken of, in seconds. */
const slackSec = 0.1;

export interface EqualOptions extends Omit<FitOptions, "sampleRateHz"> {
  /** Folder for the new clips. */
  folder: string;
  /** Folder that keeps facts about files; null: none is kept. */
  cache: string | null;
  progress: ProgressListener;
  workers?: number;
}

/** Rows whose clips are equal, and what was done to them. */
export interface EqualClips {
  rows: ClipRow[];
  notes: string[];
}

/**
 * Writes every clip anew as mp4, all equally long and large (`readFitted` says how), and gives rows
 * that name them. What lies in the folder already is not written again. Clips that can't be used
 * are left out and named.
 * @throws ConfigError `EQUAL_SIZE`, `EQUAL_NONE` where no clip is left; MediaError where one can't
 *   be written
 */
export async function makeEqual(
  rows: readonly ClipRow[],
  { folder, cache, progress, workers = defaultWorkers(), ...size }: EqualOptions,
): Promise<EqualClips> {
  refuseOdd(size.width, size.height);
  const fit: FitOptions = { ...size, sampleRateHz };
  const files = rows.flatMap(({ media }) =>
    [media.video, media.audio].filter((file) => file !== undefined),
  );
  const looked = await lookAtFiles(files, { cache, progress, workers });
  const clips = rows.map(
    (row): InspectedClip => ({ row, media: mediaFacts(row, looked), cues: null, features: null }),
  );
  const left = clips.flatMap((clip) => {
    const [reason] = streamRefusals(clip);
    return reason ? [`'${clip.row.id}' (${reason.says})`] : [];
  });
  const usable = clips.filter((clip) => streamRefusals(clip).length === 0);
  if (usable.length === 0) {
    throw new ConfigError("EQUAL_NONE", `no clip can be used: ${few(left)}`, {
      hint: "`oppo inspect` says what each clip has",
    });
  }
  const jobs = usable.map(({ row, media }): EqualJob => {
    const out = join(folder, nameOf(row.id, media!.content!, fit));
    return { id: row.id, media: row.media, out, fit };
  });
  await writeAll(jobs, workers, progress);
  return {
    rows: usable.map(({ row: { features: _cut, ...row } }, index) => ({
      ...row,
      media: { video: jobs[index]!.out },
    })),
    notes: [
      ...(left.length > 0 ? [`${counted(left.length, "clip")} left out: ${few(left)}`] : []),
      ...changes(usable, fit),
    ],
  };
}

async function writeAll(
  jobs: readonly EqualJob[],
  workers: number,
  progress: ProgressListener,
): Promise<void> {
  const missing = jobs.filter(({ out }) => !existsSync(out));
  if (missing.length === 0) return;
  let done = jobs.length - missing.length;
  const report = () => progress({ step: "write clips", done, total: jobs.length });
  report();
  await runJobs(equalJobs, missing, { workers: missing.length < 8 ? 0 : workers }, () => {
    done++;
    report();
  });
}

/**
 * The id as far as every file system takes it, and what tells one content and size from another.
 */
function nameOf(id: string, content: string, fit: FitOptions): string {
  const print = sha256(canonicalJson([equalVersion, content, fit])).slice(0, 8);
  const plain = id.replace(/[^\p{L}\p{N} ._-]/gu, "_").slice(0, 60);
  return `${plain}.${print}.mp4`;
}

function refuseOdd(width: number, height: number): void {
  if (width % 2 === 0 && height % 2 === 0) return;
  throw new ConfigError("EQUAL_SIZE", `${width}x${height} has an odd side`, {
    hint: "H.264 takes even sides only",
  });
}

/** What was done to how many clips. */
function changes(
  clips: readonly InspectedClip[],
  { seconds, width, height }: FitOptions,
): string[] {
  const lengths = clips.map(({ media }) => ({
    seen: media!.picture!.endSec,
    heard: media!.sound!.endSec,
    longest: Math.max(lengthOf(media!.picture), lengthOf(media!.sound)),
  }));
  const cut = lengths.filter(({ longest }) => longest > seconds + slackSec);
  const held = lengths.filter(({ seen }) => seen < seconds - slackSec).length;
  const silent = lengths.filter(({ heard }) => heard < seconds - slackSec).length;
  const pictures = clips.map(({ media }) => media!.picture!);
  const scaled = pictures.filter((one) => one.width !== width || one.height !== height);
  const barred = scaled.filter((one) => Math.abs(one.width * height - one.height * width) > width);
  const features = clips.filter(({ row }) => row.features).length;
  const lost = cut.reduce((sum, { longest }) => sum + longest - seconds, 0);
  return [
    cut.length > 0 &&
      `${counted(cut.length, "clip")} cut to ${seconds} s: ${lost.toFixed(1)} s in all are gone, the longest had ${Math.max(...cut.map(({ longest }) => longest)).toFixed(1)} s`,
    held > 0 && `${counted(held, "clip")} shorter: the last frame is held`,
    silent > 0 && `${counted(silent, "sound")} shorter: silence follows`,
    scaled.length > 0 &&
      `${counted(scaled.length, "picture")} scaled to ${width}x${height}, ${barred.length} of them with black bars`,
    features > 0 &&
      `${counted(features, "clip")} had features made elsewhere: they fit no cut clip and are left out`,
  ].filter((note) => note !== false);
}
