import type { ProgressListener } from "../core/progress.ts";
import type { ClipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import type { SplitRow } from "./clip-row.ts";

/** What opening a source needs of its surroundings. */
export interface SourceContext {
  /** Folder of the run's own that the source may write to: rendered clips, cached features. */
  folder: string;
  /** Seed of the experiment: another seed, other clips or other splits. */
  seed: number;
  features: FeatureOptions;
  progress: ProgressListener;
}

/** Clips ready for an experiment. */
export interface OpenedSource<Truth = unknown> {
  /** Every clip on its side, in the source's own order. */
  rows: readonly SplitRow<Truth>[];
  /** Sentences for the console and the report: what was left out, what a split may leak. */
  notes: readonly string[];
  /** Width of one token of each stream, where features made elsewhere have another than `featureDims`. */
  dims: { video: number; audio: number };
  /** Features of every row by id: decoded, or read from files made elsewhere. Cached in `folder`. */
  features(): Promise<ReadonlyMap<string, ClipFeatures>>;
}

/**
 * A kind of data: the synthetic corpus, a list of clips. Adding one is a file that exports this and a line
 * in the table of sources (`cli/sources.ts`).
 */
export interface DataSource<Options, Truth = unknown> {
  kind: string;
  open(options: Options, context: SourceContext): Promise<OpenedSource<Truth>>;
}
