import type { ClipFeatures } from "../media/features.ts";
import type { Prompt } from "./prompt.ts";

/** A clip's features as a prompt: both streams attended, no question. */
export function promptOf(id: string, { video, audio }: ClipFeatures): Prompt {
  return {
    id,
    text: [],
    video: { ...video, attended: true },
    audio: { ...audio, attended: true },
  };
}
