import { claimTokens } from "../cues/evidence.ts";
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
    claims: scored.map((response, index) =>
      claimTokens(
        response.claims,
        response.claims.map(({ match }) => match),
        rollouts[index]!.offsets,
      ),
    ),
    reference: reference ? await reference.logprobs(data) : undefined,
  };
}

/**
 * One optimiser step: log-probs of every pass → loss and its gradient on each log-prob → backward.
 * On the weights that sampled (`fresh`), l equals o and the full pass needs no forward of its own; the
 * backward pass returns its log-probs, which shows whether that is true.
 */
export async function update(
  policy: Policy,
  batch: RolloutBatch,
  passes: readonly MaskedPass[],
  objective: (samples: readonly LossSample[]) => LossResult,
  adam: Parameters<Policy["step"]>[0],
  fresh: boolean,
): Promise<UpdateReport> {
  const full = fresh ? batch.rollout : await policy.logprobs(batch.data);
  const samples = batch.data.map((_, index) => sampleOf(batch, full, index));
  for (const pass of passes) {
    const hidden = await policy.logprobs(pass.batch);
    pass.rollouts.forEach((index, at) => {
      const sample = samples[index]!;
      sample[pass.modality] = hidden[at]!;
      if (pass.partial) sample.partial = [...(sample.partial ?? []), pass.modality];
    });
  }
  const result = objective(samples);
  const differentiated = await policy.backward(batch.data, result.gradient.full);
  for (const pass of passes) await backwardMasked(policy, pass, result);
  const step = await policy.step(adam);
  return { result, step, samplerGap: fresh ? meanGap(differentiated, batch.rollout) : undefined };
}

function sampleOf(batch: RolloutBatch, full: readonly Float32Array[], index: number): LossSample {
  return {
    advantage: batch.advantages[index]!,
    full: full[index]!,
    rollout: batch.rollout[index]!,
    ...(batch.reference ? { reference: batch.reference[index]! } : {}),
    claims: batch.claims[index]!,
  };
}

/** Differentiates a masked pass, only over the rollouts whose gradient is not zero everywhere. */
async function backwardMasked(policy: Policy, pass: MaskedPass, result: LossResult): Promise<void> {
  const data: Datum[] = [];
  const gradient: Float64Array[] = [];
  pass.rollouts.forEach((index, at) => {
    const row = result.gradient[pass.modality][index];
    if (row?.some((value) => value !== 0)) {
      data.push(pass.batch[at]!);
      gradient.push(row);
    }
  });
  if (data.length > 0) await policy.backward(data, gradient);
}
