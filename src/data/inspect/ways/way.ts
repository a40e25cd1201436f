import type { InspectedClip } from "../clip.ts";
import type { Survey } from "../survey.ts";

/** Why a clip can't go a way. */
export interface Refusal {
  /** Equal for all clips with the same trouble. */
  code: string;
  /** What is wrong with this clip. */
  says: string;
  /** What to do about it. */
  cure: string;
}

/**
 * Something that clips are for. Adding one is a file that exports this, and a line in
 * `ways/index.ts`.
 */
export interface Way {
  id: string;
  title: string;
  /** The command that goes it. */
  command: string;
  /**
   * Everything it would refuse about a clip, before anything is paid for; empty: the clip can go.
   */
  refuse(clip: InspectedClip, survey: Survey): readonly Refusal[];
  /** What it would refuse about the list as a whole. */
  refuseAll?(survey: Survey): readonly Refusal[];
}

export const refusal = (code: string, says: string, cure: string): Refusal => ({
  code,
  says,
  cure,
});
