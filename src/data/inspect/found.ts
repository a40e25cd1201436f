import type { InspectedClip } from "./clip.ts";
import type { Inspection } from "./inspect.ts";
import { type ProblemKind, problemKinds } from "./problems.ts";
import type { WayResult } from "./ways/index.ts";

/** Clips with one kind of problem. */
export interface FoundProblem {
  kind: ProblemKind;
  clips: readonly { clip: InspectedClip; detail: string }[];
}

/**
 * Problems by kind, in the table's order (the worst first); kinds that no clip has are left out.
 */
export function foundProblems({ problems }: Inspection): FoundProblem[] {
  const byKind = new Map(
    problemKinds.map((kind) => [kind.id, [] as FoundProblem["clips"][number][]]),
  );
  for (const [clip, own] of problems) {
    for (const { kind, detail } of own) byKind.get(kind.id)?.push({ clip, detail });
  }
  return problemKinds.flatMap((kind) => {
    const clips = byKind.get(kind.id) ?? [];
    return clips.length > 0 ? [{ kind, clips }] : [];
  });
}

/** One reason for which ways refuse clips. */
export interface FoundRefusal {
  code: string;
  cure: string;
  /** Ids of the ways. */
  ways: readonly string[];
  clips: readonly { clip: InspectedClip; says: string }[];
}

/** Refusals of all ways by code, most clips first. A clip may be refused for several reasons. */
export function foundRefusals(
  results: readonly { way: { id: string }; refused: WayResult["refused"] }[],
): FoundRefusal[] {
  const byCode = new Map<
    string,
    { cure: string; ways: Set<string>; says: Map<InspectedClip, string> }
  >();
  for (const { way, refused } of results) {
    for (const { clip, reasons } of refused) {
      for (const { code, says, cure } of reasons) {
        const known = byCode.get(code) ?? { cure, ways: new Set(), says: new Map() };
        known.ways.add(way.id);
        known.says.set(clip, says);
        byCode.set(code, known);
      }
    }
  }
  return [...byCode]
    .map(([code, { cure, ways, says }]) => ({
      code,
      cure,
      ways: [...ways],
      clips: [...says].map(([clip, text]) => ({ clip, says: text })),
    }))
    .sort((a, b) => b.clips.length - a.clips.length);
}
