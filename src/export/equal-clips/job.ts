import type { JobKind } from "../../core/work-pool.ts";
import type { ClipMedia } from "../../data/clip-row.ts";
import { type FitOptions, readFitted } from "../../media/fit.ts";
import { writeClip } from "../../media/write.ts";

/** A clip to be written anew. Paths are absolute. */
export interface EqualJob {
  id: string;
  media: ClipMedia;
  out: string;
  fit: FitOptions;
}

/** @throws MediaError naming the file */
export async function writeEqual({ id, media, out, fit }: EqualJob): Promise<{ id: string }> {
  await writeClip(out, await readFitted(media.video!, media.audio, fit));
  return { id };
}

export const equalJobs: JobKind<EqualJob, { id: string }> = {
  worker: new URL("./worker.ts", import.meta.url),
  perform: writeEqual,
};
