import type { InspectedClip } from "../clip.ts";
import type { Survey } from "../survey.ts";
import { embedded } from "./embedded.ts";
import { mepBench } from "./mep-bench.ts";
import { msSwift, msSwiftSwapped } from "./ms-swift.ts";
import type { Refusal, Way } from "./way.ts";

/** Every way on from a list of clips. */
export const ways: readonly Way[] = [embedded, msSwift, msSwiftSwapped, mepBench];

/** What a way would do with a list. */
export interface WayResult {
  way: Way;
  /** Clips that can go it. */
  clips: number;
  /** About the list as a whole. */
  list: readonly Refusal[];
  refused: readonly { clip: InspectedClip; reasons: readonly Refusal[] }[];
}

export function walkWays(survey: Survey, table: readonly Way[] = ways): WayResult[] {
  return table.map((way) => {
    const refused = survey.clips.flatMap((clip) => {
      const reasons = way.refuse(clip, survey);
      return reasons.length > 0 ? [{ clip, reasons }] : [];
    });
    const list = way.refuseAll?.(survey) ?? [];
    return { way, clips: survey.clips.length - refused.length, list, refused };
  });
}
