import type { InspectedClip } from "./clip.ts";
import { type SwapShapes, swapShapes } from "./swap.ts";

/** What only the whole list tells about one clip. */
export interface Survey {
  clips: readonly InspectedClip[];
  swap: { visual: SwapShapes; acoustic: SwapShapes };
  /** Ids of the clips that share a content, the first in the list's order ahead. */
  duplicates: ReadonlyMap<string, readonly string[]>;
}

export function surveyOf(clips: readonly InspectedClip[]): Survey {
  return {
    clips,
    swap: { visual: swapShapes(clips, "visual"), acoustic: swapShapes(clips, "acoustic") },
    duplicates: duplicatesOf(clips),
  };
}

function duplicatesOf(clips: readonly InspectedClip[]): Map<string, string[]> {
  const byContent = new Map<string, string[]>();
  for (const { row, media } of clips) {
    if (media?.content == null || media.failures.some(({ code }) => code === "MEDIA_EMPTY"))
      continue;
    const known = byContent.get(media.content);
    if (known) known.push(row.id);
    else byContent.set(media.content, [row.id]);
  }
  return new Map([...byContent].filter(([, ids]) => ids.length > 1));
}
