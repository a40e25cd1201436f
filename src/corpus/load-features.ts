import { join } from "node:path";
import { loadRowFeatures } from "../data/features/load.ts";
import type { ClipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import type { GenerateControls } from "./generate.ts";
import type { ManifestRow } from "./manifest.ts";

/**
 * Features of the given rows' clips, by clip id, kept beside the clips as `loadRowFeatures` does;
 * what `generateCorpus` stored on its way is not decoded again.
 * @throws DataError `CLIPS_UNREADABLE` naming every clip that cannot be decoded.
 */
export async function loadFeatures(
  folder: string,
  rows: readonly ManifestRow[],
  options: FeatureOptions,
  controls: GenerateControls = {},
): Promise<ReadonlyMap<string, ClipFeatures>> {
  const clips = rows.map(({ id, file }) => ({
    id,
    media: { video: join(folder, file) },
    labels: [],
  }));
  const { features } = await loadRowFeatures(clips, { ...controls, folder, options });
  return features;
}
