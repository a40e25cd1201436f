import type { EvidenceModality } from "../../../cues/cue.ts";

/**
 * What a response has said when a statement about each modality is due; the audio section follows the
 * video's. A log-prob probe continues it with the statement.
 */
export const probeContext: Readonly<Record<EvidenceModality, string>> = {
  visual: "<think>In the video,",
  acoustic: "<think>In the video, nothing stands out in the face. In the audio,",
};
