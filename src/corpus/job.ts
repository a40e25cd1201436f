import { statSync } from "node:fs";
import { MediaError, OppoError } from "../core/errors.ts";
import type { JobKind } from "../core/work-pool.ts";
import { decodeStreams } from "../data/features/decode.ts";
import type { Decoded } from "../data/features/store.ts";
import { streams } from "../data/features/streams.ts";
import type { FeatureOptions } from "../media/options.ts";
import { writeClip } from "../media/write.ts";
import type { ManifestRow } from "./manifest.ts";
import type { RenderOptions } from "./options.ts";
import { renderClip } from "./plan.ts";

/**
 * Work on one clip that a worker thread can do: write it, and take the features of the written file
 * where they are asked for. `file` is an absolute path.
 */
export interface RenderJob {
  id: string;
  file: string;
  row: ManifestRow;
  options: RenderOptions;
  /** Where to write the sound apart too. */
  wav: string | null;
  features: FeatureOptions | null;
}

/** What a job gives back. */
export interface Rendered {
  id: string;
  /** Size of the file. */
  bytes: number;
  features: Decoded | null;
}

export const renderJobs: JobKind<RenderJob, Rendered> = {
  worker: new URL("./render-worker.ts", import.meta.url),
  perform: render,
};

/** @throws MediaError naming the clip. */
export async function render(job: RenderJob): Promise<Rendered> {
  try {
    return await writeAndDecode(job);
  } catch (error) {
    if (error instanceof OppoError) throw error;
    throw new MediaError("CLIP_JOB", String(error), { file: job.file, cause: error });
  }
}

async function writeAndDecode({ id, file, row, options, wav, features }: RenderJob) {
  const clip = renderClip(row, options);
  if (wav) await writeClip(wav, clip);
  await writeClip(file, clip);
  // Always of the file, also right after writing it: what is trained on is what anyone can decode.
  const decoded =
    features && (await decodeStreams({ media: { video: file }, streams, options: features }));
  return { id, bytes: statSync(file).size, features: decoded };
}
