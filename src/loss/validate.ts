import { LossError } from "../core/errors.ts";
import type { ClaimTokens } from "../cues/cue.ts";
import type { LossOptions } from "./options.ts";
import { maskedReads } from "./reads.ts";
import type { LossSample } from "./sample.ts";
import type { LossTerm } from "./term.ts";
import { lossTerms } from "./terms.ts";
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
 * Single samples may lack a masked pass. A global batch in which none has the pass that a term
 * compares with means nobody made it, and the term would be 0 without a word.
 *
 * @param totals what the term divides by: of the evidence that it acts on.
 * @throws LossError PASSES_MISSING, BOTH_PASSES_MISSING
 */
export function checkPasses(term: LossTerm, options: LossOptions, totals: BatchTotals): void {
  if (term.joint?.(options)) checkJointPass(term, totals);
  else if (term.needs !== "none") checkOwnPasses(term, options, totals);
}

function checkJointPass({ name, option }: LossTerm, { passTokens }: BatchTotals): void {
  if (passTokens.both > 0) return;
  throw new LossError("PASSES_MISSING", "no sample of the batch has a pass with both hidden", {
    ...(option ? { path: option } : {}),
    hint: `${name} compares with video and audio hidden at once: score rollouts so, or set it to 0`,
  });
}

function checkOwnPasses(term: LossTerm, options: LossOptions, totals: BatchTotals): void {
  const { name, option, needs } = term;
  const { passTokens, claimants } = totals;
  const { visual, acoustic } = claimants;
  if (visual.all + acoustic.all === 0 && !looksEverywhere(term, options)) return;
  const path = option ? { path: option } : {};
  if (passTokens.video + passTokens.audio === 0) {
    throw new LossError("PASSES_MISSING", "no sample of the batch has a masked pass", {
      ...path,
      hint: `${name} compares with video or audio hidden: score rollouts so, or use the preset none`,
    });
  }
  if (needs === "both" && visual.both + acoustic.both === 0) {
    throw new LossError("BOTH_PASSES_MISSING", "no claim has both masked passes", {
      ...path,
      hint: `${name} compares video hidden with audio hidden: score both, or set it to 0`,
    });
  }
}

/** Whether it looks at tokens of responses that claim nothing. */
function looksEverywhere({ reads, whole }: LossTerm, options: LossOptions): boolean {
  return reads(options) === "all" || (whole?.([], 1, options).full ?? []).length > 0;
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
