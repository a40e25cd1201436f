import { PolicyError } from "../../core/errors.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { EmbeddedOptions } from "../options.ts";
import type {
  AdamOptions,
  Completion,
  Datum,
  Distributions,
  LoadOptions,
  Policy,
  SampleOptions,
  StepReport,
} from "../port.ts";
import { type AdamState, adamStep, initAdam, zerosLike } from "./adam.ts";
import { chunkToScore } from "./batch.ts";
import { checkBatch, checkGradient, checkSampling, checkWholeGradient } from "./check-batch.ts";
import { readCheckpoint, readDescription, resetAdam, writeCheckpoint } from "./checkpoint.ts";
import type { PolicyDescription } from "./description.ts";
import { inLanes } from "./lanes.ts";
import type { OpenedExecutor } from "./open-executor.ts";
import {
  initParameters,
  type ModelShape,
  type Parameters,
  type StreamShape,
  zeroParameters,
} from "./params.ts";
import {
  type Gradient,
  LocalReplica,
  noGradient,
  type Replica,
  type Work,
  workOf,
} from "./replica.ts";
import { decodeOptionsOf, startBatches } from "./sample.ts";
import type { TensorData } from "./tensor.ts";
import { unpack, unpackWhole } from "./unpack.ts";

export interface EmbeddedPolicySetup {
  options: EmbeddedOptions;
  /** The tokenizer's size and special tokens (a `Tokenizer` fits). */
  vocabulary: { size: number; bos: number; eos: number };
  video: StreamShape;
  audio: StreamShape;
  /** Of the initial weights. */
  seed: number | string;
  /** Closed together with the policy. */
  executor: OpenedExecutor;
}

/**
 * A freshly initialised omni-modal transformer behind the policy port, trained and run in this
 * process.
 */
export function createEmbeddedPolicy(setup: EmbeddedPolicySetup): EmbeddedPolicy {
  const { options, vocabulary, video, audio } = setup;
  const shape: ModelShape = {
    ...options,
    vocabulary: vocabulary.size,
    video: { tokens: video.tokens, dim: video.dim },
    audio: { tokens: audio.tokens, dim: audio.dim },
  };
  return new EmbeddedPolicy(
    { shape, bos: vocabulary.bos, eos: vocabulary.eos },
    initParameters(shape, setup.seed),
    setup.executor,
  );
}

/** A policy from a checkpoint alone: its `policy.json` says the shape. */
export async function openEmbeddedPolicy(
  folder: string,
  executor: OpenedExecutor,
): Promise<EmbeddedPolicy> {
  const description = readDescription(folder);
  const policy = new EmbeddedPolicy(description, zeroParameters(description.shape), executor);
  await policy.load(folder);
  return policy;
}

/**
 * The policy port over an `Executor`. Make one with `createEmbeddedPolicy` or `openEmbeddedPolicy`.
 */
export class EmbeddedPolicy implements Policy {
  readonly id: string;
  readonly capabilities = { wholeVocabulary: true, contrast: true };
  readonly description: PolicyDescription;
  private readonly parameters: Parameters;
  private readonly gradient: Parameters;
  private readonly adam: AdamState;
  private readonly executor: OpenedExecutor;
  /** Of this thread, and of the executor's second thread where it has one. */
  private readonly replicas: readonly Replica[];
  /** Counts changes of `parameters`. */
  private version = 0;
  /** Whether `gradient` holds something that no step has used yet. */
  private pending = false;
  private closed = false;
  /** Settles when the call before has ended. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(description: PolicyDescription, parameters: Parameters, executor: OpenedExecutor) {
    this.id = `embedded/${executor.id}`;
    this.description = description;
    this.parameters = parameters;
    this.gradient = zerosLike(parameters);
    this.adam = initAdam(parameters);
    this.executor = executor;
    const second = executor.second?.open(description, parameters, () => this.version);
    this.replicas = [
      new LocalReplica(description, executor, parameters),
      ...(second ? [second] : []),
    ];
  }

  sample(prompts: readonly Prompt[], options: SampleOptions): Promise<Completion[][]> {
    return this.exclusive(() => this.sampleAll(prompts, options));
  }

  logprobs(batch: readonly Datum[]): Promise<Float32Array[]> {
    return this.exclusive(() => this.score(batch));
  }

  distributions(batch: readonly Datum[]): Promise<Distributions[]> {
    return this.exclusive(() => this.scoreWhole(batch));
  }

  backward(
    batch: readonly Datum[],
    gradient: readonly ArrayLike<number>[],
    whole: readonly (Float32Array | undefined)[] = batch.map(() => undefined),
  ): Promise<Float32Array[]> {
    return this.exclusive(() => this.differentiate(batch, { sampled: gradient, whole }));
  }

  step(options: AdamOptions): Promise<StepReport> {
    return this.exclusive(async () => {
      try {
        return adamStep(this.parameters, this.gradient, this.adam, options);
      } finally {
        this.version++;
        this.clearGradient();
      }
    });
  }

  save(folder: string): Promise<void> {
    return this.exclusive(async () => {
      if (this.pending) {
        throw new PolicyError("GRADIENT_PENDING", "a checkpoint does not hold gradients", {
          hint: "call step before save",
          file: folder,
        });
      }
      writeCheckpoint(folder, this.description, this.parameters, this.adam);
    });
  }

  /** Also forgets the accumulated gradient. */
  load(folder: string, { optimiser = "resume" }: LoadOptions = {}): Promise<void> {
    return this.exclusive(async () => {
      this.version++;
      readCheckpoint(folder, this.description, this.parameters, this.adam);
      if (optimiser === "fresh") resetAdam(this.adam);
      this.clearGradient();
    });
  }

  /**
   * Waits for calls under way. A second close does nothing; any other call afterwards is an error.
   */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.last;
    try {
      for (const replica of this.replicas) await replica.close();
    } finally {
      await this.executor.close();
    }
  }

  /** Calls run one after another: a program's outputs are valid only until its next run. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (this.closed) {
      return Promise.reject(new PolicyError("POLICY_CLOSED", "the policy was closed"));
    }
    const result = this.last.then(work);
    this.last = result.catch(() => {});
    return result;
  }

  private async sampleAll(
    prompts: readonly Prompt[],
    options: SampleOptions,
  ): Promise<Completion[][]> {
    const { shape } = this.description;
    checkSampling(shape, prompts, options);
    const { samplesPerPrompt } = options;
    const batches = startBatches(prompts, options);
    const made = new Map<(typeof batches)[number], Completion[]>();
    await inLanes(
      batches,
      this.replicas,
      (replica, batch) => replica.decode(batch, decodeOptionsOf(options)),
      (batch, completions) => made.set(batch, completions),
    );
    const all = batches.flatMap((batch) => made.get(batch) as Completion[]);
    return prompts.map((_, prompt) =>
      all.slice(prompt * samplesPerPrompt, (prompt + 1) * samplesPerPrompt),
    );
  }

  private async score(batch: readonly Datum[]): Promise<Float32Array[]> {
    checkBatch(this.description.shape, batch);
    return this.runSampled("logprobs", batch.map(sampledAlone), noGradient, () => {});
  }

  private async scoreWhole(batch: readonly Datum[]): Promise<Distributions[]> {
    const { shape } = this.description;
    checkBatch(shape, batch);
    const logprobs = batch.map(() => new Float32Array(0));
    const rows = batch.map(() => new Float32Array(0));
    await this.run("distributions", batch, noGradient, (work, indices, [sampled, whole]) => {
      unpack(work, indices, sampled as TensorData, logprobs);
      if (whole) unpackWhole(work, indices, whole, shape.vocabulary, rows);
    });
    return batch.map((_, at) => ({
      logprobs: logprobs[at] as Float32Array,
      rows: rows[at] as Float32Array,
    }));
  }

  private async differentiate(
    batch: readonly Datum[],
    gradient: Gradient,
  ): Promise<Float32Array[]> {
    const { shape } = this.description;
    checkBatch(shape, batch);
    checkGradient(batch, gradient.sampled);
    checkWholeGradient(shape, batch, gradient.whole);
    const asked = batch.map((datum, at) => (gradient.whole[at] ? datum : sampledAlone(datum)));
    try {
      return await this.runSampled("backward", asked, gradient, (parts) => this.accumulate(parts));
    } catch (error) {
      // the gradient of some chunks alone must never be stepped with
      this.clearGradient();
      throw error;
    }
  }

  /** The log-probs of all chunks; `rest` takes what each returns after them. */
  private async runSampled(
    kind: "logprobs" | "backward",
    batch: readonly Datum[],
    gradient: Gradient,
    rest: (outputs: readonly TensorData[]) => void,
  ): Promise<Float32Array[]> {
    const out = batch.map(() => new Float32Array(0));
    await this.run(kind, batch, gradient, (work, indices, [logprobs, ...others]) => {
      unpack(work, indices, logprobs as TensorData, out);
      rest(others);
    });
    return out;
  }

  /** Runs a program over all chunks; `consume` takes the outputs of each. */
  private async run(
    kind: Work["kind"],
    batch: readonly Datum[],
    gradient: Gradient,
    consume: (work: Work, indices: readonly number[], outputs: readonly TensorData[]) => void,
  ): Promise<void> {
    const chunks = chunkToScore(batch, this.description.shape);
    await inLanes(
      chunks.map((chunk) => {
        const sampled = kind === "distributions" && !chunk.bucket.whole;
        return workOf(sampled ? "logprobs" : kind, chunk, batch, gradient);
      }),
      this.replicas,
      (replica, { work }) => replica.score(work),
      ({ work, indices }, outputs) => consume(work, indices, outputs),
    );
  }

  private accumulate(gradients: readonly TensorData[]): void {
    [...this.gradient.values()].forEach((total, index) => {
      const part = gradients[index] as TensorData;
      if (this.pending) addTo(total, part);
      else total.set(part);
    });
    this.pending = true;
  }

  private clearGradient(): void {
    for (const values of this.gradient.values()) values.fill(0);
    this.pending = false;
  }
}

/**
 * A datum as it is where nobody asks for the whole vocabulary: the same programs, the same bits.
 */
function sampledAlone(datum: Datum): Datum {
  if (!datum.whole) return datum;
  const { whole: _unasked, ...rest } = datum;
  return rest;
}

function addTo(total: Float32Array, values: TensorData): void {
  for (let i = 0; i < total.length; i++) total[i] = (total[i] as number) + (values[i] as number);
}
