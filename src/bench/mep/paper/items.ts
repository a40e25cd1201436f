import type { ExtractedCues } from "../reference/extractors.ts";
import type { MepItemOptions, MepItems } from "../reference/items.ts";

export const paperVersion = "mep-paper-1";

export interface PaperItemOptions extends MepItemOptions {
  /** Samples described. */
  samples: number;
  /** Probes of each modality, masked and intact; as many absent ones at most. */
  probesEach: number;
}

/** A frozen item set of the paper's track. */
export interface PaperItems extends MepItems {
  options: PaperItemOptions;
  /** Rows that were not looked at: enough cue-rich samples were there before. */
  unread: number;
  /**
   * Phrases of the references read that broke the printed rules to the last and are no cues; absent
   * where there are none.
   */
  phrasesLeft?: number;
  /** True where the source knows which streams agree, and probes ask about those samples alone. */
  congruentKnown: boolean;
}

/** What the paper has: 300 samples, 500 probes of each modality; two cues a sample are probed. */
export const defaultPaperOptions: PaperItemOptions = {
  seed: "mep-paper",
  samples: 300,
  probesEach: 500,
  probes: 2,
  absentProbes: 2,
  absentBelow: 0.4,
};

/** Takes a reference apart. A text it cannot read is no text without cues. */
export interface PaperDecomposer {
  /** Name and version, written into the items. */
  readonly id: string;
  read(text: string): Promise<{ cues: ExtractedCues; leftOut?: number } | { code: string }>;
}
