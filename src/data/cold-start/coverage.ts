import type { CueSet } from "../../cues/cue.ts";

/** How much of what held-out references say a vocabulary can say. */
export interface Coverage {
  /** Words of the cues, and those of them that are unknown. */
  words: number;
  unknown: number;
  /** Clips none of whose cue words is known: nothing of them can be recovered. */
  lost: string[];
}

/** Words of visual and acoustic cues against a vocabulary. `known` takes a lower-case word. */
export function coverage(
  references: ReadonlyMap<string, CueSet>,
  known: (word: string) => boolean,
): Coverage {
  const out: Coverage = { words: 0, unknown: 0, lost: [] };
  for (const [id, { cues }] of references) {
    const words = cues
      .filter(({ modality }) => modality !== "emotion")
      .flatMap(
        ({ text }) => text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [],
      );
    const unknown = words.filter((word) => !known(word)).length;
    out.words += words.length;
    out.unknown += unknown;
    if (unknown === words.length) out.lost.push(id);
  }
  return out;
}
