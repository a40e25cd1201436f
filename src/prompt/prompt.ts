/**
 * What a policy is conditioned on: a video stream, an audio stream and text tokens.
 * Streams are feature matrices so that masking is a matter of the prompt, not of an engine.
 */
export interface Prompt {
  /**
   * Clip id, for messages only: a masked copy keeps it. Engines tell prompts apart by their
   * content.
   */
  id: string;
  video: Stream;
  audio: Stream;
  /** Question tokens; may be empty. */
  text: readonly number[];
}

export type Modality = "video" | "audio";
export const modalities = ["video", "audio"] as const;

/** `tokens` rows of `dim` features, row-major. */
export interface Stream {
  /** Not to be changed once a policy has seen them: a clip's features are checked once. */
  features: Float32Array;
  tokens: number;
  dim: number;
  /** False: the positions stay but nothing attends to them (masking by dropping). */
  attended: boolean;
}
