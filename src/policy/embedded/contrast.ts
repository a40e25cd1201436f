import type { Contrast } from "../port.ts";

/** Below this odds are stored as 0: what a word of 0 counts as where its logarithm is taken. */
const leastLog = Math.log(1.2e-38);

/**
 * Odds by which contrastive decoding draws (Leng et al., VCD 2311.16922, eqs. 3 and 4): of words
 * that the prompt itself makes at least β times as likely as its likeliest, exp((1 + α) l − α m)
 * against the largest of these; of all others 0. `odds` holds rows of `vocabulary` words, each
 * relative to the row's likeliest: `start` begins the prompt's, `against` that of its counterpart.
 * NaN, as of a policy that diverged, stays NaN.
 */
export function contrastOdds(
  odds: Float32Array,
  start: number,
  against: number,
  { alpha, beta }: Pick<Contrast, "alpha" | "beta">,
  out: Float64Array,
): void {
  let top = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < out.length; id++) {
    const own = odds[start + id] as number;
    const other = odds[against + id] as number;
    const kept = !(own < beta || own === 0);
    const log = kept
      ? (1 + alpha) * Math.log(own) - alpha * logOf(other)
      : Number.NEGATIVE_INFINITY;
    out[id] = log;
    if (!(log <= top)) top = log;
  }
  for (let id = 0; id < out.length; id++) out[id] = Math.exp((out[id] as number) - top);
}

function logOf(odds: number): number {
  return odds === 0 ? leastLog : Math.log(odds);
}
