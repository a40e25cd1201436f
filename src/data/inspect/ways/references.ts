import type { InspectedClip } from "../clip.ts";
import { type Refusal, refusal } from "./way.ts";

export function referenceMissing({ cues }: InspectedClip): Refusal[] {
  const cure = "add the reasoning to its row, or leave the clip out";
  return cues ? [] : [refusal("NO_REFERENCE", "no reference", cure)];
}

/** No reference, or one in which the rules find nothing to see and nothing to hear. */
export function cuesMissing(clip: InspectedClip): Refusal[] {
  const { cues } = clip;
  if (!cues || cues.visual + cues.acoustic > 0) return referenceMissing(clip);
  const says = "the reference names nothing seen and nothing heard";
  return [
    refusal("NO_CUES", says, "the rules read English; `oppo cues LIST` shows what they find"),
  ];
}
