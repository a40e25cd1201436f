import { join } from "node:path";
import { silent } from "../core/progress.ts";
import { defaultWorkers, runJobs } from "../core/work-pool.ts";
import type { ClipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import { FeatureStore } from "./feature-store.ts";
import type { GenerateControls } from "./generate.ts";
import { clipJobs, contentHash } from "./job.ts";
import type { ManifestRow } from "./manifest.ts";

/**
 * Features of the given rows' clips, by clip id. Each clip is decoded once: the results lie in
 * `features-<hash>.bin` beside the clips, keyed by the options and by how the rows' clips were made. What
 * `generateCorpus` stored on its way is not decoded again; a clip whose file holds something else now is.
 * A killed call goes on where it was.
 * @throws MediaError of the first clip that cannot be decoded, naming its file.
 */
export async function loadFeatures(
  folder: string,
  rows: readonly ManifestRow[],
  options: FeatureOptions,
  controls: GenerateControls = {},
): Promise<Map<string, ClipFeatures>> {
  const { progress = silent, workers = defaultWorkers(), signal } = controls;
  const store = new FeatureStore(folder, rows, options);
  const known = store.readAll();
  const jobs = rows
    .map((row) => ({ id: row.id, file: join(folder, row.file), render: null, features: options }))
    .filter((job) => contentHash(job.file) !== known.get(job.id)?.content);
  let done = rows.length - jobs.length;
  progress({ step: "decode clips", done, total: rows.length });
  await runJobs(clipJobs, jobs, { workers, signal }, (result) => {
    known.set(result.id, store.append(result));
    done++;
    progress({ step: "decode clips", done, total: rows.length });
  });
  return new Map(
    rows.map(({ id }) => {
      const { video, audio } = known.get(id)!;
      return [id, { video, audio }];
    }),
  );
}
