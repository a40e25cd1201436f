import { RunError } from "../core/errors.ts";
import type { ProgressListener } from "../core/progress.ts";
import { Rng } from "../core/rng.ts";
import type { Datum, Policy } from "../policy/port.ts";
import type { Prompt, Stream } from "../prompt/prompt.ts";
import type { Tokenizer } from "../prompt/tokenizer.ts";
import { resumeCheckpoint, saveCheckpoint } from "../runs/checkpoint.ts";
import type { SystemLayout } from "../runs/layout.ts";
import type { Notice } from "../runs/notices.ts";
import { Recorder } from "../runs/record.ts";
import { type Demonstration, epochOrder } from "./example.ts";
import { guardStep, initialGuardState } from "./guards.ts";
import { guardOptions, type SftOptions } from "./options.ts";

export interface SftRun {
  /** What people call it; default: cold start. */
  title?: string;
  policy: Policy;
  tokenizer: Tokenizer;
  demonstrations: readonly Demonstration[];
  options: SftOptions;
  seed: number | string;
  layout: SystemLayout;
  progress: ProgressListener;
  /** Things people should be told, for example at which step a killed training goes on. */
  notice: Notice;
}

/**
 * Supervised cold start: maximum likelihood of the demonstrations' tokens. Resumes from its
 * checkpoint.
 * @throws RunError SFT_TOO_FEW when the demonstrations do not fill one batch.
 */
export async function trainSft(run: SftRun): Promise<void> {
  const { policy, options, layout, title = "cold start" } = run;
  const count = run.demonstrations.length;
  const perEpoch = Math.floor(count / options.batch);
  if (perEpoch === 0) {
    throw new RunError(
      "SFT_TOO_FEW",
      `${count} demonstrations do not fill a batch of ${options.batch}`,
      {
        path: "sft.batch",
        hint: `${count > 0 ? `set sft.batch to ${count} or less, or ` : ""}bring more training clips`,
      },
    );
  }
  const total = options.epochs * perEpoch;
  const rng = new Rng(`${run.seed}/sft`);
  const targets = encodeTargets(run);
  const resumed = await resumeCheckpoint<null>(layout, policy);
  const start = resumed?.step ?? 0;
  if (resumed) run.notice(`${title}: resumed at step ${start + 1} of ${total}`, "resume");
  const recorder = new Recorder(layout, start);
  let guards = initialGuardState;

  for (let step = start; step < total; step++) {
    const began = performance.now();
    const indices = epochOrder(count, options.batch, step, (epoch) =>
      rng.fork(`epoch-${epoch}`).shuffle(run.demonstrations.map((_, index) => index)),
    );
    const noise = rng.fork(`noise-${step}`);
    const epoch = Math.floor(step / perEpoch);
    const batch = indices.map((index): Datum => {
      const prompt = run.demonstrations[index]!.prompt;
      const responses = targets[index]!;
      return {
        prompt: augment(prompt, options.featureNoise, noise),
        tokens: responses[epoch % responses.length]!,
      };
    });
    const { loss, report } = await likelihoodStep(policy, batch, {
      learningRate: learningRate(step, total, options),
      clipNorm: options.clipNorm,
      weightDecay: options.weightDecay,
    });
    const facts = { step: step + 1, loss, gradientNorm: report.gradientNorm };
    guards = guardStep(guards, { ...facts, informativeGroups: 1, emptyShare: 0 }, defaultGuards);
    recorder.metrics({ ...facts, seconds: (performance.now() - began) / 1000 });
    run.progress({ step: title, done: step + 1, total, values: { loss } });
    if ((step + 1) % options.checkpointEvery === 0 && step + 1 < total) {
      await saveCheckpoint(layout, policy, step + 1, null);
    }
  }
  await policy.save(layout.final);
}

const defaultGuards = guardOptions.parse({});

/** Tokens of every demonstration's responses. */
function encodeTargets({ demonstrations, tokenizer }: SftRun): Int32Array[][] {
  return demonstrations.map(({ responses }) =>
    responses.map((text) => Int32Array.from([...tokenizer.encode(text).ids, tokenizer.eos])),
  );
}

/** Mean negative log-likelihood per token: dL/dlogp is −1/N on every token. */
async function likelihoodStep(
  policy: Policy,
  batch: readonly Datum[],
  adam: Parameters<Policy["step"]>[0],
) {
  const tokens = batch.reduce((sum, datum) => sum + datum.tokens.length, 0);
  const gradient = batch.map((datum) => new Float32Array(datum.tokens.length).fill(-1 / tokens));
  const logprobs = await policy.backward(batch, gradient);
  let loss = 0;
  for (const row of logprobs) for (const value of row) loss -= value / tokens;
  return { loss, report: await policy.step(adam) };
}

/** Linear warm-up, then a cosine down to `finalLearningRate` of the peak. */
export function learningRate(
  step: number,
  total: number,
  options: Pick<SftOptions, "learningRate" | "warmupSteps" | "finalLearningRate">,
): number {
  const warm = options.warmupSteps === 0 ? 1 : Math.min(1, (step + 1) / options.warmupSteps);
  const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / total));
  const decay = options.finalLearningRate + (1 - options.finalLearningRate) * cosine;
  return options.learningRate * warm * decay;
}

function augment(prompt: Prompt, deviation: number, rng: Rng): Prompt {
  if (deviation === 0) return prompt;
  const noisy = (stream: Stream): Stream => ({
    ...stream,
    features: stream.features.map((value) => value + deviation * rng.normal()),
  });
  return { ...prompt, video: noisy(prompt.video), audio: noisy(prompt.audio) };
}
