import type { EvidenceModality } from "../../../cues/cue.ts";

/**
 * What a response has said when a statement about each modality is due; the audio section follows
 * the video's. A log-prob probe continues it with the statement.
 */
export const probeContext: Readonly<Record<EvidenceModality, string>> = {
  visual: "<think>In the video,",
  acoustic: "<think>In the video, nothing stands out in the face. In the audio,",
};

/** The same for a policy whose language may lack words of it: the first that it knows is taken. */
export const probeContexts: Readonly<Record<EvidenceModality, readonly string[]>> = {
  visual: [probeContext.visual, "<think>"],
  acoustic: [probeContext.acoustic, "<think>In the audio,", "<think>"],
};
