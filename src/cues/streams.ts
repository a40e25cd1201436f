import type { EvidenceModality } from "./cue.ts";

/** The stream that a modality's evidence comes from. */
export const streamOf = { visual: "video", acoustic: "audio" } as const satisfies Record<
  EvidenceModality,
  string
>;

/** The other one of the two. */
export const otherModality = { visual: "acoustic", acoustic: "visual" } as const satisfies Record<
  EvidenceModality,
  EvidenceModality
>;

/** The modality whose evidence a stream carries. */
export const modalityOf = { video: "visual", audio: "acoustic" } as const satisfies Record<
  string,
  EvidenceModality
>;
