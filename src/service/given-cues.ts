import type { CueSet } from "../cues/cue.ts";
import { polarityOf } from "../cues/polarity.ts";
import type { GivenCue } from "./wire/fields.ts";

/** Name under which cues go that came with the request. */
const givenExtractor = "given";

/** Cues of a request as a set. They stand in no reference, so their spans are empty. */
export function givenCues(cues: readonly GivenCue[]): CueSet {
  return {
    cues: cues.map(({ modality, text, positive = polarityOf(text) }) => ({
      modality,
      text,
      positive,
      span: { start: 0, end: 0 },
    })),
    extractor: givenExtractor,
  };
}
