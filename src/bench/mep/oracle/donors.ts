import { BenchError } from "../../../core/errors.ts";
import type { Rng } from "../../../core/rng.ts";
import type { ManifestRow } from "../../../corpus/manifest.ts";

/** Clips whose streams take the place of this clip's. */
export interface Donors {
  /** Gives its video. Its face shows neither of this clip's emotions. */
  visual: string;
  /** Gives its audio, likewise. */
  acoustic: string;
  /** Whose response is scored against this clip for the `shuffled` floor: any other clip. */
  shuffled: string;
}

/**
 * Donors of one clip. A donor's emotion differs from both of the clip's, so that the exchanged pair
 * is a conflict and a claim can't be right about the donor by way of the other stream's emotion.
 */
export function pickDonors(row: ManifestRow, pool: readonly ManifestRow[], rng: Rng): Donors {
  const own = new Set([row.visualEmotion, row.acousticEmotion]);
  const others = pool.filter((other) => other.id !== row.id);
  return {
    visual: pick(
      others.filter((other) => !own.has(other.visualEmotion)),
      row,
      rng,
    ),
    acoustic: pick(
      others.filter((other) => !own.has(other.acousticEmotion)),
      row,
      rng,
    ),
    shuffled: pick(others, row, rng),
  };
}

function pick(candidates: readonly ManifestRow[], row: ManifestRow, rng: Rng): string {
  if (candidates.length === 0) {
    throw new BenchError("ITEMS_DONOR", `no clip of another emotion can stand in for '${row.id}'`, {
      hint: "use more clips: the split must hold several emotions",
    });
  }
  return rng.pick(candidates).id;
}
