import { join } from "node:path";
import { canonicalJson, sha256 } from "../core/files.ts";
import { silent } from "../core/progress.ts";
import { type ClipFeatures, featuresVersion } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import { FeatureStore } from "./feature-store.ts";
import type { GenerateControls } from "./generate.ts";
import type { ClipJob } from "./job.ts";
import type { ManifestRow } from "./manifest.ts";
import { defaultWorkers, runJobs } from "./pool.ts";

/**
 * Features of the given rows' clips, by clip id. Each clip is decoded once: the results lie in
 * `features-<hash>.bin` beside the clips, keyed by the options and by how the rows' clips were made, and a
 * killed call goes on where it was.
 * @throws MediaError of the first clip that cannot be decoded, naming its file.
 */
export async function loadFeatures(
  folder: string,
  rows: readonly ManifestRow[],
  options: FeatureOptions,
  controls: GenerateControls = {},
): Promise<Map<string, ClipFeatures>> {
  const { progress = silent, workers = defaultWorkers(), signal } = controls;
  const store = new FeatureStore(join(folder, cacheName(rows, options)), options);
  const known = store.readAll();
  const jobs = rows
    .filter((row) => !known.has(row.id))
    .map(
      (row): ClipJob => ({ kind: "features", id: row.id, file: join(folder, row.file), options }),
    );
  let done = rows.length - jobs.length;
  progress({ step: "decode clips", done, total: rows.length });
  await runJobs(jobs, { workers, signal }, (result) => {
    if (result.kind !== "features") return;
    known.set(result.id, store.append(result.id, result.video, result.audio));
    done++;
    progress({ step: "decode clips", done, total: rows.length });
  });
  return new Map(rows.map((row) => [row.id, known.get(row.id)!]));
}

function cacheName(rows: readonly ManifestRow[], options: FeatureOptions): string {
  const made = rows.map(({ id, file, seed, factors, noise }) => [id, file, seed, factors, noise]);
  const key = canonicalJson({ version: featuresVersion, options, made });
  return `features-${sha256(key).slice(0, 16)}.bin`;
}
