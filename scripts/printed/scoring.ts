import { printedDelta } from "../../src/bench/printed/rules.ts";
import type { CueSet } from "../../src/cues/cue.ts";
import { decomposeReference } from "../../src/cues/decompose.ts";
import { rewardOptions } from "../../src/rewards/options.ts";
import { createScorer, type Scorer } from "../../src/rewards/scorer.ts";
import { openEmbedder } from "../../src/similarity/open.ts";
import type { FinishedRun } from "./finished-run.ts";

/** What the three questions score responses with. */
export interface Scoring {
  /** The printed reward and its clauses at δ .5, beside our perception reward in the form F1. */
  printed: Scorer;
  /** Clauses with their best cue, whatever its similarity: evidence at any δ. */
  everyDelta: Scorer;
  /** Cues of a reference, taken apart once. */
  cuesOf(reference: string): CueSet;
  close(): Promise<void>;
}

/** @param plain leave out the thesaurus that stands beside a small encoder. */
export async function openScoring(run: FinishedRun, plain: boolean): Promise<Scoring> {
  const options = plain ? { ...run.embedder, concepts: false } : run.embedder;
  const { embedder, calibration } = await openEmbedder(options);
  const known = new Map<string, CueSet>();
  const scorer = (delta: number) =>
    createScorer({
      embedder,
      calibration,
      options: rewardOptions.parse({ perception: { mode: "f1" }, paper: { delta } }),
      clauses: true,
    });
  return {
    printed: scorer(printedDelta),
    everyDelta: scorer(0),
    cuesOf(reference) {
      const cues = known.get(reference) ?? decomposeReference(reference);
      known.set(reference, cues);
      return cues;
    },
    close: async () => embedder.close?.(),
  };
}
