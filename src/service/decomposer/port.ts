import type { CueSet } from "../../cues/cue.ts";

/** Takes a reference reasoning apart into atomic visual, acoustic and emotion cues. */
export interface Decomposer {
  /** Name and version; changes whenever its output may. Written into every answer. */
  readonly id: string;
  /** Cues with spans in `reference`. @throws OppoError rather than give an empty or partial set. */
  decompose(reference: string): Promise<CueSet>;
}
