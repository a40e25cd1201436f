import { resolve } from "node:path";
import type { ClipRow, SplitRow } from "../data/clip-row.ts";
import type { DataSource } from "../data/source.ts";
import { blankFeatures, featureDims } from "../media/features.ts";
import { generateCorpus } from "./generate.ts";
import { loadFeatures } from "./load-features.ts";
import type { ManifestRow } from "./manifest.ts";
import { type CorpusOptions, corpusOptions } from "./options.ts";
import { planCorpus } from "./plan.ts";

/**
 * The synthetic corpus as a source of clips. A row's truth is its line of the manifest. Rows follow
 * from the options alone; clips are rendered when features are asked for.
 */
export const syntheticSource: DataSource<CorpusOptions, ManifestRow> = {
  kind: "synthetic",
  section: "corpus",
  options: corpusOptions,
  paths: [],
  folder: "corpus",
  async open(options, { folder, seed }) {
    // Another seed of the experiment, other clips.
    const seeded = { ...options, seed: `${options.seed}/${seed}` };
    const rows = planCorpus(seeded);
    return {
      rows: rows.map((row) => clipRow(folder, row)),
      notes: [],
      async features({ options: features, progress }) {
        await generateCorpus(folder, seeded, { progress, features });
        return {
          features: await loadFeatures(folder, rows, features, { progress }),
          dims: featureDims(features),
          blank: blankFeatures(features),
          notes: [],
        };
      },
    };
  },
};

function clipRow(folder: string, row: ManifestRow): SplitRow<ManifestRow> {
  return {
    id: row.id,
    split: row.split,
    media: { video: resolve(folder, row.file) },
    reference: row.reference,
    labels: [row.label],
    coldStart: row.coldStart,
    truth: row,
  };
}

/** A row's truth where the synthetic corpus drew it: what the oracle track of MEP-Bench needs. */
export function corpusTruth({ truth }: ClipRow): ManifestRow | undefined {
  const drawn = typeof truth === "object" && truth !== null && "factors" in truth;
  return drawn ? (truth as ManifestRow) : undefined;
}
