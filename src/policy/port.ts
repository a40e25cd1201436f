import type { Prompt } from "../prompt/prompt.ts";

/**
 * What OPPO asks of a model. The policy knows no loss by name: the trainer computes dL/dlogp for
 * every pass (full input, video hidden, audio hidden) and hands it to `backward`.
 */
export interface Policy {
  readonly id: string;
  /** `samplesPerPrompt` completions of each prompt, prompt by prompt: out[prompt][sample]. */
  sample(prompts: readonly Prompt[], options: SampleOptions): Promise<Completion[][]>;
  /**
   * Log-prob of every completion token given the prompt and the tokens before it, or of those a
   * datum asks for with `read`: one array per datum.
   */
  logprobs(batch: readonly Datum[]): Promise<Float32Array[]>;
  /**
   * Adds Σ gradient · ∂logp/∂θ to the accumulated gradient. `gradient` is dL/dlogp, one array per
   * datum, of the length that `logprobs` returns for it. Returns the log-probs of the pass that was
   * differentiated. When it fails, nothing stays accumulated.
   */
  backward(
    batch: readonly Datum[],
    gradient: readonly ArrayLike<number>[],
  ): Promise<Float32Array[]>;
  /** One optimiser step with the accumulated gradient, then clears it. */
  step(options: AdamOptions): Promise<StepReport>;
  /** Writes weights and optimiser state; `load` of the same folder goes on bit for bit. */
  save(folder: string): Promise<void>;
  /** `optimiser: "fresh"` takes the weights alone: the start of another training, not a resume. */
  load(folder: string, options?: LoadOptions): Promise<void>;
  close(): Promise<void>;
}

export interface LoadOptions {
  /** Default `resume`. */
  optimiser?: "resume" | "fresh";
}

export interface SampleOptions {
  samplesPerPrompt: number;
  maxTokens: number;
  /** 0 is greedy. */
  temperature: number;
  seed: number | string;
}

export interface Completion {
  /** Generated tokens, the end token included when the model produced it. */
  tokens: Int32Array;
  /** Log-prob of each token under the policy at temperature 1. */
  logprobs: Float32Array;
  /** `length`: cut at maxTokens. */
  stop: "eos" | "length";
}

export interface Datum {
  prompt: Prompt;
  tokens: Int32Array;
  /**
   * Positions in `tokens` whose log-probs are wanted, ascending; default: all. An engine may leave
   * out whatever only the others need: tokens after the last one wanted, most of the last block.
   */
  read?: readonly number[];
}

export interface AdamOptions {
  learningRate: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  weightDecay?: number;
  /** Largest L2 norm of the whole gradient; larger ones are scaled down. 0: no clipping. */
  clipNorm?: number;
}

export interface StepReport {
  /** Norm before clipping. */
  gradientNorm: number;
  clipped: boolean;
  step: number;
}
