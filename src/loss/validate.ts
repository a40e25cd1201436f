import { LossError } from "../core/errors.ts";
import type { ClaimTokens } from "../cues/cue.ts";
import type { LossOptions } from "./options.ts";
import { maskedReads } from "./reads.ts";
import type { LossSample } from "./sample.ts";
import type { LossTerm } from "./term.ts";
import { activeTerms, lossTerms, requiredPasses } from "./terms.ts";
import type { BatchTotals } from "./totals.ts";

const passes = ["full", "sampled", "reference", "video", "audio", "both"] as const;
/** Float32 log-softmax overshoots zero by rounding; more than this is not a log-prob. */
const roundingNats = 1e-3;

/**
 * Rejects a batch a loss cannot be trusted on.
 * @throws LossError naming sample, pass and token.
 */
export function validateBatch(
  batch: readonly LossSample[],
  options: LossOptions,
  terms: readonly LossTerm[] = lossTerms,
): void {
  if (batch.length === 0) {
    throw new LossError("EMPTY_BATCH", "a loss needs at least one sample", {
      hint: "skip the update when every group was filtered out",
    });
  }
  batch.forEach((sample, index) => {
    validateSample(sample, index, maskedReads(options, sample.claims, terms, sample.clauses));
  });
}

/**
 * Single samples may lack a masked pass; a global batch with claims and none at all means nobody
 * made them, and the auxiliary terms would be 0 without a word.
 * @throws LossError
 */
export function checkPasses(
  options: LossOptions,
  totals: BatchTotals,
  terms: readonly LossTerm[] = lossTerms,
): void {
  const needed = requiredPasses(options, terms);
  const { visual, acoustic } = totals.claimants;
  if (needed === "none" || visual.all + acoustic.all === 0) return;
  if (totals.passTokens.video + totals.passTokens.audio === 0) {
    throw new LossError("PASSES_MISSING", "no sample of the batch has a masked pass", {
      hint: "score rollouts with video or audio hidden, or use the preset none",
    });
  }
  if (needed === "both" && visual.both + acoustic.both === 0) {
    const [first] = activeTerms(options, terms).filter((term) => term.needs === "both");
    throw new LossError("BOTH_PASSES_MISSING", "no claim has both masked passes", {
      ...(first?.option ? { path: first.option } : {}),
      hint: `${first?.name} compares video hidden with audio hidden: score both, or set it to 0`,
    });
  }
}

function validateSample(
  sample: LossSample,
  index: number,
  reads: readonly number[] | undefined,
): void {
  if (!Number.isFinite(sample.advantage)) {
    throw new LossError("ADVANTAGE_NOT_FINITE", `sample ${index}: advantage ${sample.advantage}`, {
      path: `batch.${index}.advantage`,
      hint: "check the rewards of its group",
    });
  }
  if (sample.full.length === 0) {
    throw new LossError("EMPTY_SAMPLE", `sample ${index}: no tokens`, {
      path: `batch.${index}.full`,
      hint: "drop empty completions before the loss; an end token counts as one token",
    });
  }
  for (const pass of passes) {
    const values = sample[pass];
    if (values) validateLogprobs(values, sample, index, pass, reads);
  }
  for (const kind of ["claims", "clauses"] as const) {
    sample[kind]?.forEach((claim, at) => {
      validateClaim(claim, sample.full.length, `batch.${index}.${kind}.${at}`, index);
    });
  }
}

/**
 * Masked passes may be unread (NaN) where neither terms nor monitors look; `reads` is where they
 * do.
 */
function validateLogprobs(
  values: ArrayLike<number>,
  { full: { length } }: LossSample,
  sample: number,
  pass: (typeof passes)[number],
  reads: readonly number[] | undefined,
): void {
  const path = `batch.${sample}.${pass}`;
  const masked = pass === "video" || pass === "audio";
  // What a joint pass needs is checked by the term that compares with it.
  const read = pass === "both" ? new Set<number>() : masked && reads ? new Set(reads) : undefined;
  if (values.length !== length) {
    throw new LossError(
      "LENGTH_MISMATCH",
      `sample ${sample}: ${pass} has ${values.length} log-probs, full has ${length}`,
      { path, hint: "every pass scores the same completion tokens" },
    );
  }
  for (let token = 0; token < values.length; token++) {
    const value = values[token] as number;
    if (Number.isNaN(value) && read && !read.has(token)) continue;
    if (!Number.isFinite(value) || value > roundingNats) {
      throw new LossError(
        "BAD_LOGPROB",
        `sample ${sample}, token ${token}: ${pass} log-prob is ${value}`,
        { path: `${path}.${token}`, hint: "log-probs are finite and at most 0, in nats" },
      );
    }
  }
}

function validateClaim(claim: ClaimTokens, length: number, path: string, sample: number): void {
  const tokens = claim.onset === undefined ? claim.heads : [...claim.heads, claim.onset];
  const outside = tokens.find((token) => !Number.isInteger(token) || token < 0 || token >= length);
  if (outside !== undefined) {
    throw new LossError(
      "CLAIM_TOKEN_OUTSIDE",
      `sample ${sample}: claim token ${outside} is outside its ${length} tokens`,
      { path, hint: "claims must be mapped to tokens of this completion" },
    );
  }
  if (!(claim.match >= 0 && claim.match <= 1)) {
    throw new LossError("MATCH_RANGE", `sample ${sample}: claim match is ${claim.match}`, {
      path: `${path}.match`,
      hint: "s_C lies in 0..1",
    });
  }
}
