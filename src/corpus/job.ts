import { statSync } from "node:fs";
import { clipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import { readClip } from "../media/read.ts";
import { writeClip } from "../media/write.ts";
import type { ManifestRow } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";
import { renderClip } from "./plan.ts";

/** Work on one clip that a worker thread can do. `file` is an absolute path. */
export type ClipJob =
  | {
      kind: "render";
      id: string;
      file: string;
      wav: string | null;
      row: ManifestRow;
      render: RenderOptions;
    }
  | { kind: "features"; id: string; file: string; options: FeatureOptions };

/** What a job gives back: the size of the file written, or the features, [tokens × dim] each. */
export type ClipResult =
  | { kind: "render"; id: string; bytes: number }
  | { kind: "features"; id: string; video: Float32Array; audio: Float32Array };

/** @throws MediaError naming the clip. */
export async function doJob(job: ClipJob): Promise<ClipResult> {
  if (job.kind === "render") {
    const clip = renderClip(job.row, job.render);
    if (job.wav) await writeClip(job.wav, clip);
    await writeClip(job.file, clip);
    return { kind: "render", id: job.id, bytes: statSync(job.file).size };
  }
  const clip = await readClip(job.file, { sampleRateHz: job.options.sampleRateHz });
  const { video, audio } = clipFeatures(clip, job.options);
  return { kind: "features", id: job.id, video: video.features, audio: audio.features };
}
