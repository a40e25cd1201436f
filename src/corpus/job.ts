import { existsSync, readFileSync, statSync } from "node:fs";
import { MediaError, OppoError } from "../core/errors.ts";
import { sha256 } from "../core/files.ts";
import type { JobKind } from "../core/work-pool.ts";
import { clipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import { readClip } from "../media/read.ts";
import { writeClip } from "../media/write.ts";
import type { ManifestRow } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";
import { renderClip } from "./plan.ts";

/**
 * Work on one clip that a worker thread can do: write it, take the features of the written file, or both.
 * `file` is an absolute path.
 */
export interface ClipJob {
  id: string;
  file: string;
  render: { row: ManifestRow; options: RenderOptions; wav: string | null } | null;
  features: FeatureOptions | null;
}

/** What a job gives back. */
export interface ClipResult {
  id: string;
  /** Size of the file. */
  bytes: number;
  features: FileFeatures | null;
}

/** Features of a clip's file where the job asked for them, [tokens × dim] each. */
export interface FileFeatures {
  /** `contentHash` of the file. */
  content: string;
  video: Float32Array;
  audio: Float32Array;
}

/** SHA-256 of what is in a file; "" where there is none. Some 20 µs for a clip of ten kilobytes. */
export function contentHash(file: string): string {
  return existsSync(file) ? sha256(readFileSync(file)) : "";
}

export const clipJobs: JobKind<ClipJob, ClipResult> = {
  worker: new URL("./render-worker.ts", import.meta.url),
  perform: doJob,
};

/** @throws MediaError naming the clip. */
export async function doJob(job: ClipJob): Promise<ClipResult> {
  try {
    return await renderAndDecode(job);
  } catch (error) {
    if (error instanceof OppoError) throw error;
    throw new MediaError("CLIP_JOB", String(error), { file: job.file, cause: error });
  }
}

async function renderAndDecode({ id, file, render, features }: ClipJob): Promise<ClipResult> {
  if (render) {
    const clip = renderClip(render.row, render.options);
    if (render.wav) await writeClip(render.wav, clip);
    await writeClip(file, clip);
  }
  // Always of the file, also right after writing it: what is trained on is what anyone can decode.
  const decoded = features && (await decodeFeatures(file, features));
  return { id, bytes: statSync(file).size, features: decoded };
}

async function decodeFeatures(file: string, options: FeatureOptions): Promise<FileFeatures> {
  // Before decoding: a file replaced meanwhile is then decoded again, not taken for the new one.
  const content = contentHash(file);
  const clip = await readClip(file, { sampleRateHz: options.sampleRateHz });
  const { video, audio } = clipFeatures(clip, options);
  return { content, video: video.features, audio: audio.features };
}
