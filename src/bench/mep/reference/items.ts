import { BenchError } from "../../../core/errors.ts";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";

/** Changes when the same sources and options begin to give other items, or answers other scores. */
export const mepVersion = "mep-1";

/** A cue of a reference: what a good description of the sample would mention. */
export interface MepCue {
  text: string;
  /** False for a denied cue ("no smile"): recovered by denials only, never probed. */
  positive: boolean;
}

/** One yes/no question about one cue. */
export interface MepProbe {
  id: string;
  modality: EvidenceModality;
  /**
   * `present`: a cue of this sample, asked with the stream intact (yes) and masked (no).
   * `absent`: a cue of another sample, asked with the stream intact (no).
   */
  kind: "present" | "absent";
  cue: string;
  /** Absent cues: the sample it was taken from. */
  from?: string;
}

export interface MepSample {
  id: string;
  /** Path of the clip below the clips folder; absent in a text-only set. */
  clip?: string;
  /** sha256 of the clip's bytes. */
  clipHash?: string;
  subtitle?: string;
  /** Whether face and voice express one emotion; absent where the data set does not say. */
  congruent?: boolean;
  cues: Record<EvidenceModality, MepCue[]>;
  probes: MepProbe[];
  /**
   * Samples whose streams stand in for this one's under `swap`, and whose cues are the chance
   * floor.
   */
  donors: { visual: string; acoustic: string; shuffled: string };
}

export interface MepItemOptions {
  seed: string;
  /** Present cues asked about, per sample and modality. */
  probes: number;
  /** Cues of other samples asked about, per sample and modality. */
  absentProbes: number;
  /** An absent cue's cosine to every cue of the sample stays below this. */
  absentBelow: number;
}

/** A frozen item set: all that is asked and all that answers are scored against. */
export interface MepItems {
  version: string;
  /** File name and content hash of the texts the cues come from. */
  source: { name: string; sha256: string; rows: number };
  /** What made the cue lists. */
  extractor: string;
  /** What chose absent cues. */
  embedder: string;
  options: MepItemOptions;
  samples: MepSample[];
  /** Rows of the source that gave no sample, with the reason: nothing is dropped in silence. */
  left: { id: string; reason: string }[];
}

/** sha256 of the items' canonical JSON. */
export const mepItemsHash = (items: MepItems): string => sha256(canonicalJson(items));

/** The item file: items with their hash. Same items, same bytes. */
export function encodeMepItems(items: MepItems): string {
  return `${JSON.stringify({ contentHash: mepItemsHash(items), items }, null, 1)}\n`;
}

/**
 * Reads an item file's text; `version` is what the reader scores.
 * @throws BenchError `ITEMS_UNREADABLE`, `ITEMS_CHANGED` where content and hash differ,
 *   `ITEMS_VERSION`.
 */
export function decodeMepItems(text: string, file: string, version: string = mepVersion): MepItems {
  let frozen: { contentHash?: string; items?: MepItems };
  try {
    frozen = JSON.parse(text) as typeof frozen;
  } catch (cause) {
    throw new BenchError("ITEMS_UNREADABLE", "item file is not JSON", { file, cause });
  }
  const { items } = frozen;
  if (!Array.isArray(items?.samples)) {
    throw new BenchError("ITEMS_UNREADABLE", "no MEP-Bench items in this file", {
      file,
      hint: "`oppo bench mep build` writes them",
    });
  }
  if (mepItemsHash(items) !== frozen.contentHash) {
    throw new BenchError("ITEMS_CHANGED", "content and hash of the items differ", {
      file,
      hint: "the items were edited after freezing; results on them don't compare",
    });
  }
  if (items.version !== version) {
    throw new BenchError("ITEMS_VERSION", `items of version '${items.version}'`, {
      file,
      hint: `here '${version}' is scored: build the items again, or use the command they were built for`,
    });
  }
  return items;
}
