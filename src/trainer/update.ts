import { claimTokens } from "../cues/evidence.ts";
import type { LossOptions } from "../loss/options.ts";
import { maskedReads, spreadReads } from "../loss/reads.ts";
import type { LossResult, LossSample } from "../loss/sample.ts";
import type { Datum, Policy, StepReport } from "../policy/port.ts";
import type { ScoredGroup } from "./collect.ts";
import { type MaskedPass, meanGap } from "./passes.ts";

/** One rollout batch, flattened, ready for an optimiser step. */
export interface RolloutBatch {
  data: Datum[];
  /** o: log-probs under the policy that sampled. */
  rollout: Float32Array[];
  advantages: readonly number[];
  claims: LossSample["claims"][];
  reference: Float32Array[] | undefined;
}

export interface UpdateReport {
  result: LossResult;
  step: StepReport;
  /** Mean |Δ log-prob| between sampler and trainer; only where both had the same weights. */
  samplerGap: number | undefined;
}

/** Flattens scored groups and finds each claim's evidence tokens. */
export async function rolloutBatch(
  groups: readonly ScoredGroup[],
  advantages: readonly number[],
  reference: Policy | undefined,
): Promise<RolloutBatch> {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const scored = groups.flatMap((group) => group.scored);
  const data = rollouts.map(({ example, completion }) => ({
    prompt: example.prompt,
    tokens: completion.tokens,
  }));
  return {
    data,
    rollout: rollouts.map(({ completion }) => completion.logprobs),
    advantages,
    claims: scored.map((response, index) => claimTokens(response.claims, rollouts[index]!.offsets)),
    reference: reference ? await reference.logprobs(data) : undefined,
  };
}

/** What an optimiser step minimises. */
export interface Objective {
  options: LossOptions;
  /** Loss of the whole batch and its gradient on each log-prob. */
  loss: (samples: readonly LossSample[]) => LossResult;
}

/**
 * One optimiser step: log-probs of every pass → loss and its gradient on each log-prob → backward.
 * On the weights that sampled (`fresh`), l equals o and the full pass needs no forward of its own; the
 * backward pass returns its log-probs, which shows whether that is true. Masked passes are read where the
 * objective looks. All passes of a kind go to the policy at once, so that it may batch them.
 */
export async function update(
  policy: Policy,
  batch: RolloutBatch,
  passes: readonly MaskedPass[],
  objective: Objective,
  adam: Parameters<Policy["step"]>[0],
  fresh: boolean,
): Promise<UpdateReport> {
  const masked = maskedData(passes, batch, objective.options);
  const unknown = fresh ? [] : batch.data;
  const asked = [...unknown, ...masked.map(({ datum }) => datum)];
  const answered = asked.length > 0 ? await policy.logprobs(asked) : [];
  const full = fresh ? batch.rollout : answered.slice(0, unknown.length);
  const hidden = answered.slice(unknown.length);
  const samples = batch.data.map((_, index) => sampleOf(batch, full, index));
  masked.forEach(({ pass, rollout, datum: { tokens, read } }, at) => {
    const sample = samples[rollout]!;
    const values = hidden[at]!;
    sample[pass.modality] = read ? spreadReads(values, read, tokens.length) : values;
    if (pass.partial) sample.partial = [...(sample.partial ?? []), pass.modality];
  });
  const result = objective.loss(samples);
  const hiding = maskedGradient(masked, result);
  const differentiated = await policy.backward(
    [...batch.data, ...hiding.map(({ datum }) => datum)],
    [...result.gradient.full, ...hiding.map(({ gradient }) => gradient)],
  );
  const step = await policy.step(adam);
  const again = differentiated.slice(0, batch.data.length);
  return { result, step, samplerGap: fresh ? meanGap(again, batch.rollout) : undefined };
}

/** One rollout under one masked pass. */
interface MaskedDatum {
  pass: MaskedPass;
  /** Index in the batch. */
  rollout: number;
  datum: Datum;
}

function maskedData(
  passes: readonly MaskedPass[],
  { claims }: RolloutBatch,
  options: LossOptions,
): MaskedDatum[] {
  return passes.flatMap((pass) =>
    pass.rollouts.map((rollout, at) => {
      const read = maskedReads(options, claims[rollout]!);
      return { pass, rollout, datum: read ? { ...pass.batch[at]!, read } : pass.batch[at]! };
    }),
  );
}

function sampleOf(batch: RolloutBatch, full: readonly Float32Array[], index: number): LossSample {
  return {
    advantage: batch.advantages[index]!,
    full: full[index]!,
    sampled: batch.rollout[index]!,
    ...(batch.reference ? { reference: batch.reference[index]! } : {}),
    claims: batch.claims[index]!,
  };
}

/** The tokens of masked passes at which the gradient is not zero, and what it is there. */
function maskedGradient(masked: readonly MaskedDatum[], result: LossResult) {
  return masked.flatMap(({ pass, rollout, datum }) => {
    const row = result.gradient[pass.modality][rollout];
    const read = row ? [...row.keys()].filter((token) => row[token] !== 0) : [];
    if (!row || read.length === 0) return [];
    return [{ datum: { ...datum, read }, gradient: read.map((token) => row[token]!) }];
  });
}
