import type { z } from "zod";
import type { ProgressListener } from "../core/progress.ts";
import type { ClipFeatures } from "../media/features.ts";
import type { FeatureOptions } from "../media/options.ts";
import type { SplitRow } from "./clip-row.ts";

/** What opening a source needs of its surroundings. */
export interface SourceContext {
  /** Folder of the run's own that the source may write to, once features are asked for. */
  folder: string;
  /** Seed of the experiment: another seed, other clips or other splits. */
  seed: number;
}

/** What features are made with. */
export interface FeatureControls {
  options: FeatureOptions;
  progress: ProgressListener;
}

/** Features of every row, and what was seen on the way. */
export interface SourceFeatures {
  /** By clip id, in the order of the rows; every clip's streams have `dims` values a token. */
  features: ReadonlyMap<string, ClipFeatures>;
  /** Width of one token of each stream. Features made elsewhere have another than `featureDims`. */
  dims: { video: number; audio: number };
  /**
   * One row per stream of what "nothing there" looks like: black frames, silence. Null for features
   * made elsewhere, where nobody can say: `blankRow` (prompt/standardise.ts) then takes the mean
   * row.
   */
  blank: Record<"video" | "audio", Float32Array | null>;
  /** Sentences for the console and the report. */
  notes: readonly string[];
}

/** The rows of a source. Nothing is rendered or decoded to get here. */
export interface OpenedSource<Truth = unknown> {
  /** Every clip on its side. Training clips stand in the order in which training divides them. */
  rows: readonly SplitRow<Truth>[];
  /** Sentences for the console and the report: what was left out, what a split may leak. */
  notes: readonly string[];
  /**
   * Features of every row: decoded, or read from files made elsewhere. Cached in the run's folder.
   */
  features(controls: FeatureControls): Promise<SourceFeatures>;
}

/**
 * A kind of data: the synthetic corpus, a list of clips. Adding one is a file that exports this and
 * a line in the table of sources (`cli/sources.ts`).
 */
export interface DataSource<Options, Truth = unknown> {
  /** `data.source` of an experiment file. */
  kind: string;
  /** Schema of the section of an experiment file that holds its options, `source` left out. */
  options: z.ZodObject & z.ZodType<Options>;
  /** That section; `data` where it is not said. */
  section?: "corpus";
  /**
   * Dotted names of options that name files: in an experiment file they are relative to that file.
   */
  paths: readonly string[];
  /** Name of its folder in a run folder. */
  folder: string;
  open(options: Options, context: SourceContext): Promise<OpenedSource<Truth>>;
}
