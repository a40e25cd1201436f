import type { Prompt } from "../prompt/prompt.ts";

/**
 * What OPPO asks of a model. The policy knows no loss by name: the trainer computes dL/dlogp for
 * every pass (full input, video hidden, audio hidden) and hands it to `backward`.
 */
export interface Policy {
  readonly id: string;
  /** What this engine can compute beyond what every engine must. */
  readonly capabilities: PolicyCapabilities;
  /**
   * `samplesPerPrompt` completions of each prompt, prompt by prompt: out[prompt][sample].
   * @throws PolicyError CONTRAST for `contrast` where `capabilities` say that the engine cannot.
   */
  sample(prompts: readonly Prompt[], options: SampleOptions): Promise<Completion[][]>;
  /**
   * Log-prob of every completion token given the prompt and the tokens before it, or of those a
   * datum asks for with `read`: one array per datum.
   */
  logprobs(batch: readonly Datum[]): Promise<Float32Array[]>;
  /**
   * As `logprobs`, and of the same forward pass the log-probs of the whole vocabulary (V tokens) at
   * the positions a datum names with `whole`. Rows take positions × V × 4 bytes, summed over the
   * batch; the engine works in chunks, each bounded by its own positions × V.
   * @throws PolicyError WHOLE_POSITION for a position outside the completion or out of order;
   *   WHOLE_VOCABULARY where `capabilities` say that the engine cannot.
   */
  distributions(batch: readonly Datum[]): Promise<Distributions[]>;
  /**
   * Adds Σ gradient · ∂logp/∂θ to the accumulated gradient. `gradient` is dL/dlogp, one array per
   * datum, of the length that `logprobs` returns for it. `whole` adds the same for rows of the
   * whole vocabulary: one array per datum, of the length of `distributions`' rows for it, or
   * undefined where a datum's rows have no gradient. Each entry of a row counts as a function of
   * all logits: a gradient needs no projection first. Returns the log-probs (not the rows) of the
   * pass that was differentiated. When it fails, nothing stays accumulated.
   * @throws PolicyError WHOLE_VOCABULARY for `whole` where `capabilities` say that the engine
   *   cannot.
   */
  backward(
    batch: readonly Datum[],
    gradient: readonly ArrayLike<number>[],
    whole?: readonly (Float32Array | undefined)[],
  ): Promise<Float32Array[]>;
  /** One optimiser step with the accumulated gradient, then clears it. */
  step(options: AdamOptions): Promise<StepReport>;
  /** Writes weights and optimiser state; `load` of the same folder goes on bit for bit. */
  save(folder: string): Promise<void>;
  /** `optimiser: "fresh"` takes the weights alone: the start of another training, not a resume. */
  load(folder: string, options?: LoadOptions): Promise<void>;
  close(): Promise<void>;
}

export interface PolicyCapabilities {
  /** Whether `distributions` and the third argument of `backward` work. */
  wholeVocabulary: boolean;
  /** Whether `sample` takes `contrast`. Not said: it does not. */
  contrast?: boolean;
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
  /**
   * Whether completions carry `chances`, positions × V × 4 bytes each. Default no; an engine whose
   * `capabilities` lack the whole vocabulary leaves them out.
   */
  chances?: boolean;
  /** Draws by contrast with each prompt's counterpart. Default: from the prompt alone. */
  contrast?: Contrast;
}

/**
 * Contrastive decoding: words are drawn from softmax((1 + α) l − α m) at the temperature, l and m
 * being their logits after the prompt and after its counterpart, among those that the prompt makes
 * at least β times as likely as the likeliest (Leng et al., VCD 2311.16922, eqs. 3 and 4).
 * `Completion.logprobs` and `chances` stay the policy's own, after the prompt.
 */
export interface Contrast {
  /** What each prompt is held against, one for each: most often its copy with a stream hidden. */
  prompts: readonly Prompt[];
  /** α, 0 or more; 0 with β = 0 is plain sampling. */
  alpha: number;
  /** β, 0 to 1; 1 leaves the likeliest word alone. */
  beta: number;
}

export interface Completion {
  /** Generated tokens, the end token included when the model produced it. */
  tokens: Int32Array;
  /** Log-prob of each token under the policy at temperature 1. */
  logprobs: Float32Array;
  /**
   * Probability of every token of the vocabulary in each place, [tokens × V], row-major, at
   * temperature 1: of the forward passes that sampled. 0 is below the engine's smallest number.
   */
  chances?: Float32Array;
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
  /**
   * Positions in `tokens` at which `distributions` gives the log-probs of the whole vocabulary,
   * ascending; default: none. Independent of `read`, and of no effect on `logprobs`.
   */
  whole?: readonly number[];
}

/** What is read of one datum. */
export interface Distributions {
  /** As `Policy.logprobs` gives them. */
  logprobs: Float32Array;
  /**
   * Log-probs of the whole vocabulary at the datum's `whole`, [positions × V], row-major; each row
   * is a log softmax, so its exponentials sum to 1.
   */
  rows: Float32Array;
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
