import { pairwiseMean } from "../../core/pairwise-sum.ts";
import type { MerSetId, SetScore } from "./types.ts";

/**
 * Which checkpoint a set's score is taken from. `best-per-set`: as published, the best of each set
 * by the test score itself, which is optimistic. `best-common`: the one checkpoint with the best
 * mean. `last`: the last one of each set.
 */
export type CheckpointProtocol = "best-per-set" | "best-common" | "last";

export const protocolNotes: Readonly<Record<CheckpointProtocol, string>> = {
  "best-per-set": "checkpoint chosen per set by the test score itself, as published (optimistic)",
  "best-common": "one checkpoint for all sets, chosen by the mean test score",
  last: "the last checkpoint",
};

/** Scores of every checkpoint of a set, in ascending order of checkpoints. */
export interface SetScores {
  set: MerSetId;
  runs: readonly { checkpoint: string; score: SetScore }[];
}

export interface ProtocolScore {
  protocol: CheckpointProtocol;
  note: string;
  chosen: readonly { set: MerSetId; checkpoint: string; main: number }[];
  /** Plain mean of the main metrics of `chosen`. */
  mean: number;
}

/**
 * Scores under each protocol that applies; `best-common` needs a checkpoint that every set has. NaN
 * scores (compat mode) are never the best.
 */
export function applyProtocols(sets: readonly SetScores[]): ProtocolScore[] {
  const bestOf = ({ set, runs }: SetScores) => ({ set, ...argmax(runs) });
  const lastOf = ({ set, runs }: SetScores) => ({ set, ...runs.at(-1)! });
  const scores = [protocolScore("best-per-set", sets.map(bestOf))];
  const common = bestCommon(sets);
  if (common !== undefined) scores.push(common);
  return [...scores, protocolScore("last", sets.map(lastOf))];
}

function bestCommon(sets: readonly SetScores[]): ProtocolScore | undefined {
  const runOf = ({ runs }: SetScores, checkpoint: string) =>
    runs.find((run) => run.checkpoint === checkpoint);
  const candidates = (sets[0]?.runs ?? [])
    .map(({ checkpoint }) => checkpoint)
    .filter((checkpoint) => sets.every((set) => runOf(set, checkpoint) !== undefined))
    .map((checkpoint) =>
      protocolScore(
        "best-common",
        sets.map((set) => ({ set: set.set, ...runOf(set, checkpoint)! })),
      ),
    );
  let best = candidates[0];
  for (const candidate of candidates) {
    if (best === undefined || better(candidate.mean, best.mean)) best = candidate;
  }
  return best;
}

function protocolScore(
  protocol: CheckpointProtocol,
  picks: readonly { set: MerSetId; checkpoint: string; score: SetScore }[],
): ProtocolScore {
  const chosen = picks.map(({ set, checkpoint, score }) => ({ set, checkpoint, main: score.main }));
  const mean = pairwiseMean(chosen.map(({ main }) => main));
  return { protocol, note: protocolNotes[protocol], chosen, mean };
}

function argmax(runs: SetScores["runs"]): SetScores["runs"][number] {
  let best = runs[0]!;
  for (const run of runs) if (better(run.score.main, best.score.main)) best = run;
  return best;
}

const better = (value: number, than: number): boolean =>
  value > than || (Number.isNaN(than) && !Number.isNaN(value));

/**
 * Ascending order of checkpoints: runs of digits count as numbers, wherever they stand in a name.
 */
export function compareCheckpoints(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const [index, own] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (own === other) continue;
    const [x, y] = [Number(own), Number(other)];
    if (Number.isNaN(x) || Number.isNaN(y)) return own < other ? -1 : 1;
    if (x !== y) return x - y;
  }
  return left.length - right.length;
}

/** "epoch050.npz" → "epoch", "050", ".npz". */
const parts = (name: string): string[] => name.match(/\d+|\D+/g) ?? [];
