import {
  claimKinds,
  type EvidenceStretch,
  reachedClaims,
  reachSeries,
  reachShares,
  stretchKind,
  stretchKinds,
} from "../../src/bench/printed/reach.ts";
import { deltas } from "../../src/bench/printed/rules.ts";
import { ownEvidence, referenceEvidence } from "../../src/bench/printed/selected.ts";
import {
  type BootstrapOptions,
  type Difference,
  differenceJoined,
  type Estimate,
  estimateJoined,
  type Series,
  seriesOf,
} from "../../src/core/ratio.ts";
import type { ScoredResponse } from "../../src/rewards/scored.ts";
import type { FinishedRun } from "./finished-run.ts";
import type { Scoring } from "./scoring.ts";

/** Percent, by `<kind> <share>`; stretches by what they say. */
export interface ReachOfSelector {
  claims: Record<string, Estimate>;
  /** False claims reached less true ones, points. */
  falseLessTrue: Difference;
  stretches: Record<string, Estimate>;
}

/** By selector: `own`, and `reference@δ`. */
export type Reach = Record<string, ReachOfSelector>;

const selectors: Readonly<Record<string, (scored: ScoredResponse) => EvidenceStretch[]>> = {
  ...Object.fromEntries(
    deltas.map((delta) => [
      `reference@${delta}`,
      (scored: ScoredResponse) => referenceEvidence(scored, delta),
    ]),
  ),
  own: ownEvidence,
};

/** Which claims of a system's responses each selector reaches. */
export async function measureReach(
  { clips, said }: FinishedRun,
  system: string,
  { everyDelta, cuesOf }: Scoring,
  bootstrap: BootstrapOptions,
): Promise<Reach> {
  const records = said(system);
  const responses = clips.map(({ id, row }) => ({ row, record: records.get(id)! }));
  const scored = await everyDelta.score(
    responses.map(({ row, record }) => ({
      response: record.text,
      reference: cuesOf(row.reference),
      labels: [row.label],
    })),
  );
  const percent = (series: Series) => estimateJoined([series], "only", 100, bootstrap);
  return Object.fromEntries(
    Object.entries(selectors).map(([name, evidenceOf]) => {
      const evidence = scored.map(evidenceOf);
      const claims = responses.map(({ record }, at) => reachedClaims(record.claims, evidence[at]!));
      const only = (kind: keyof typeof claimKinds) =>
        ({ parts: [reachSeries(claims, kind, "reached")], join: "only" }) as const;
      const kinds = responses.map(({ record }, at) =>
        evidence[at]!.map((stretch) => stretchKind(record.claims, stretch)),
      );
      return [
        name,
        {
          claims: Object.fromEntries(
            (Object.keys(claimKinds) as (keyof typeof claimKinds)[]).flatMap((kind) =>
              reachShares.map((share) => [
                `${kind} ${share}`,
                percent(reachSeries(claims, kind, share)),
              ]),
            ),
          ),
          falseLessTrue: differenceJoined(only("false"), only("true"), 100, bootstrap),
          stretches: Object.fromEntries(
            stretchKinds.map((kind) => [
              kind,
              percent(
                seriesOf(kinds.map((each) => [each.filter((k) => k === kind).length, each.length])),
              ),
            ]),
          ),
        },
      ];
    }),
  );
}
