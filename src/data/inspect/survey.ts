import { DataError } from "../../core/errors.ts";
import { type DrawnSplits, drawSplits, type SplitShares } from "../split/draw.ts";
import type { InspectedClip } from "./clip.ts";
import { type Alike, alikeOf, type SwapShapes, swapShapes } from "./swap.ts";

/** What only the whole list tells about one clip. */
export interface Survey {
  clips: readonly InspectedClip[];
  swap: { visual: SwapShapes; acoustic: SwapShapes };
  /** What all clips could be cut and scaled to. */
  alike: Alike;
  /** Ids of the clips that share a content, the first in the list's order ahead. */
  duplicates: ReadonlyMap<string, readonly string[]>;
  /** Sides as an experiment would draw them, or why it could not. */
  sides: DrawnSides;
}

export type DrawnSides =
  | { rows: DrawnSplits["rows"]; notes: readonly string[] }
  | { refused: { code: string; message: string; hint: string } };

export function surveyOf(clips: readonly InspectedClip[], shares: SplitShares): Survey {
  const duplicates = duplicatesOf(clips);
  return {
    clips,
    ...shapesOf(clips),
    duplicates,
    sides: drawnSides(clips, duplicates, shares),
  };
}

/** Lengths and sizes of a list. */
export function shapesOf(clips: readonly InspectedClip[]): Pick<Survey, "swap" | "alike"> {
  const swap = { visual: swapShapes(clips, "visual"), acoustic: swapShapes(clips, "acoustic") };
  return { swap, alike: alikeOf(clips) };
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

function drawnSides(
  clips: readonly InspectedClip[],
  duplicates: Survey["duplicates"],
  shares: SplitShares,
): DrawnSides {
  const copies = [...duplicates].flatMap(([content, ids]) =>
    ids.map((id) => [id, content] as const),
  );
  try {
    return drawSplits(
      clips.map(({ row }) => row),
      shares,
      new Map(copies),
    );
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { code, message, details } = error;
    return { refused: { code, message, hint: details.hint ?? "" } };
  }
}
