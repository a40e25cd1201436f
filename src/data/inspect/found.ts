import type { InspectedClip } from "./clip.ts";
import type { Inspection } from "./inspect.ts";
import { type ProblemKind, problemKinds } from "./problems.ts";
import type { WayResult } from "./ways/index.ts";

/** Clips with one kind of problem. */
export interface FoundProblem {
  kind: ProblemKind;
  clips: readonly { clip: InspectedClip; detail: string }[];
}

/** Problems by kind, in the table's order (the worst first); kinds that no clip has are left out. */
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

/** One reason for which a way refuses clips. */
export interface FoundRefusal {
  code: string;
  /** What is wrong, as said of the first clip; `says` of each clip stands beside it. */
  clips: readonly { clip: InspectedClip; says: string }[];
  cure: string;
}

/** Refusals of a way by code, most clips first. A clip may be refused for several reasons. */
export function foundRefusals({ refused }: WayResult): FoundRefusal[] {
  const byCode = new Map<
    string,
    { code: string; cure: string; clips: FoundRefusal["clips"][number][] }
  >();
  for (const { clip, reasons } of refused) {
    for (const { code, says, cure } of reasons) {
      const known = byCode.get(code);
      if (known) known.clips.push({ clip, says });
      else byCode.set(code, { code, cure, clips: [{ clip, says }] });
    }
  }
  return [...byCode.values()].sort((a, b) => b.clips.length - a.clips.length);
}
