import { statSync } from "node:fs";
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
  /** Features of the file where the job asked for them, [tokens × dim] each. */
  features: { video: Float32Array; audio: Float32Array } | null;
}

/** @throws MediaError naming the clip. */
export async function doJob({ id, file, render, features }: ClipJob): Promise<ClipResult> {
  if (render) {
    const clip = renderClip(render.row, render.options);
    if (render.wav) await writeClip(render.wav, clip);
    await writeClip(file, clip);
  }
  // Always of the file, also right after writing it: what is trained on is what anyone can decode.
  const decoded = features && (await decodeFeatures(file, features));
  return { id, bytes: statSync(file).size, features: decoded };
}

async function decodeFeatures(
  file: string,
  options: FeatureOptions,
): Promise<ClipResult["features"]> {
  const clip = await readClip(file, { sampleRateHz: options.sampleRateHz });
  const { video, audio } = clipFeatures(clip, options);
  return { video: video.features, audio: audio.features };
}
