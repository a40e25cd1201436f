/** Version of what is counted here; raised whenever a number could change. */
export const printedRules = "printed-2";

/** Thresholds of similarity at which the selector's reach is measured; the paper's own is .5. */
export const deltas = [0.4, 0.45, 0.5, 0.55, 0.6] as const;
export const printedDelta = 0.5;
/** How much of a stream the printed loss hides, and in what pieces. */
export const printedMask = { ratio: 0.7, unit: "element" } as const;
/** Streams that stand for all that a hidden one could have been. */
export const gapStreams = 8;

/**
 * What each question counts, and what its answer will be called. Written before any run was looked
 * at; a result carries them.
 */
export const rules = {
  reach: {
    counts:
      "visual and acoustic claims of the first response to each held-out clip, repeated ones left out, judged by the oracle; a claim is reached where it shares a character with evidence: a clause whose best visual or acoustic cue of the reference exceeds δ (selector reference), or a head word of a claim in the reward's reading (selector own)",
    answer:
      "at δ .5: the selector never reaches hallucinations if it reaches less than 10 % of false claims in every seed, and does reach them if more than 50 % in every seed; it tells false from true only if it reaches at least 10 points fewer of the false in every seed, the interval of the difference below 0",
  },
  masked: {
    counts:
      "nats a token on held-out clips: negative log-likelihood of given texts, and KL(p‖p^m) over the whole vocabulary at the evidence of the selector reference at δ .5, each stream hidden in its turn; masks are drawn once a clip, the same for every system",
    answer:
      "a system's divergence comes from the masked pass if, on the clip's reference, more than half of its growth since the cold start is the masked pass's in every seed, and the masked pass's likelihood of true evidence fell by more than the full pass's rose",
  },
  gap: {
    counts:
      "nats a token on the clip's reference, at the same evidence: mean KL(p_d‖q) over streams d of other held-out clips whose kept stream is of the same emotion, q the pass with the stream blank; it is the information of the stream, mean KL(p_d‖p̄), and the gap, KL(p̄‖q), p̄ the mean of the p_d",
    answer:
      "training inflates the gap if the gap grew by more than the information did in every seed, the interval of its growth above 0; the bound is loose if the gap is more than half of the divergence in every seed",
  },
  hacks: {
    counts:
      "R_omni as printed (δ .5, 0 to 3) and ours (F1, 0 to 1) of texts that nobody has to perceive anything for, on held-out clips",
    answer:
      "a hack beats a system if its R_omni is higher on the same clips, the paired interval above 0, in every seed; it wins the reward if it also earns at least half of what the reference itself earns",
  },
} as const;
