import type { FactorName } from "../../../corpus/manifest.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import type { Donors } from "./donors.ts";
import type { ItemOptions } from "./options.ts";
import type { Fact } from "./oracle.ts";
import type { Probe } from "./probes.ts";

/** A clip with all that is true of it, and what it will be asked. */
export interface ItemClip {
  id: string;
  label: string;
  congruent: boolean;
  /** Emotion the face, and the voice, were drawn from. */
  emotion: Record<EvidenceModality, string>;
  factors: Record<FactorName, number>;
  /** Salient cues, the ones to recover. */
  cues: Record<EvidenceModality, Fact[]>;
  donors: Donors;
  probes: Probe[];
}

/** The frozen item set: the test, written down before anything is trained. */
export interface MepItems {
  /** Version of the scoring rules. */
  rules: string;
  /** sha256 of version, metric definitions and affirmation margin (`rulesHash`). */
  rulesHash: string;
  /** Id of the oracle that reads the responses (lexicon and prototypes by content). */
  oracle: string;
  options: ItemOptions;
  /** emotion → factor → value. */
  prototypes: Record<string, Record<string, number>>;
  probeContext: Record<EvidenceModality, string>;
  /** Congruent and conflict clips evenly interleaved, so that every beginning is a fair sample. */
  clips: ItemClip[];
}
