import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PolicyError } from "../../src/core/errors.ts";
import { readJson, writeJson } from "../../src/core/files.ts";
import { Rng } from "../../src/core/rng.ts";
import type {
  AdamOptions,
  Completion,
  Datum,
  LoadOptions,
  Policy,
  SampleOptions,
  StepReport,
} from "../../src/policy/port.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";

/**
 * The smallest thing that is a policy: next-token logits are linear in (1, mean video feature, mean
 * audio feature, one-hot of the previous token). Exact gradients, plain gradient descent, no engine.
 * `deaf` ignores the audio, as a model behind a misspelt switch does.
 */
export class LinearPolicy implements Policy {
  readonly id = "linear";
  private readonly inputs: number;
  private readonly vocabulary: number;
  private readonly eos: number;
  private readonly deaf: boolean;
  private weights: Float64Array;
  private gradient: Float64Array;
  private steps = 0;

  constructor(vocabulary: number, options: { eos: number; deaf?: boolean; seed?: string }) {
    this.vocabulary = vocabulary;
    this.eos = options.eos;
    this.deaf = options.deaf ?? false;
    this.inputs = 3 + vocabulary + 1;
    const rng = new Rng(options.seed ?? "linear");
    this.weights = Float64Array.from(
      { length: this.inputs * vocabulary },
      () => 0.5 * rng.normal(),
    );
    this.gradient = new Float64Array(this.weights.length);
  }

  async sample(prompts: readonly Prompt[], options: SampleOptions): Promise<Completion[][]> {
    return prompts.map((prompt, index) =>
      Array.from({ length: options.samplesPerPrompt }, (_, sample) =>
        this.sampleOne(prompt, options, new Rng(`${options.seed}/${index}/${sample}`)),
      ),
    );
  }

  async logprobs(batch: readonly Datum[]): Promise<Float32Array[]> {
    if (batch.length === 0) throw new PolicyError("BATCH_EMPTY", "no data");
    return batch.map((datum) =>
      Float32Array.from(readOf(datum), (at) => Math.log(this.next(datum, at)[datum.tokens[at]!]!)),
    );
  }

  async backward(batch: readonly Datum[], gradient: readonly ArrayLike<number>[]) {
    batch.forEach((datum, row) => {
      readOf(datum).forEach((at, index) => {
        const token = datum.tokens[at]!;
        const weight = gradient[row]![index]!;
        if (!Number.isFinite(weight)) throw new PolicyError("GRADIENT", "not finite");
        const x = this.features(datum, at);
        this.next(datum, at).forEach((probability, id) => {
          const slope = weight * ((id === token ? 1 : 0) - probability);
          for (let i = 0; i < this.inputs; i++) {
            this.gradient[id * this.inputs + i]! += slope * x[i]!;
          }
        });
      });
    });
    return this.logprobs(batch);
  }

  async step(options: AdamOptions): Promise<StepReport> {
    const gradientNorm = Math.sqrt(this.gradient.reduce((sum, g) => sum + g * g, 0));
    this.weights = this.weights.map((w, i) => w - options.learningRate * this.gradient[i]!);
    this.gradient.fill(0);
    return { gradientNorm, clipped: false, step: ++this.steps };
  }

  async save(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    writeJson(join(folder, "linear.json"), { weights: [...this.weights], steps: this.steps });
  }

  /** Plain gradient descent has no moments: `options.optimiser` changes only the step count. */
  async load(folder: string, options: LoadOptions = {}): Promise<void> {
    const file = join(folder, "linear.json");
    if (!existsSync(file)) throw new PolicyError("CHECKPOINT", "missing", { file });
    const saved = readJson<{ weights: number[]; steps: number }>(file);
    this.weights = Float64Array.from(saved.weights);
    this.steps = options.optimiser === "fresh" ? 0 : saved.steps;
  }

  async close(): Promise<void> {}

  private sampleOne(prompt: Prompt, options: SampleOptions, rng: Rng): Completion {
    const tokens: number[] = [];
    const logprobs: number[] = [];
    while (tokens.length < options.maxTokens && tokens.at(-1) !== this.eos) {
      const p = this.next({ prompt, tokens: Int32Array.from(tokens) }, tokens.length);
      const token = options.temperature === 0 ? p.indexOf(Math.max(...p)) : draw(p, rng.float());
      tokens.push(token);
      logprobs.push(Math.log(p[token]!));
    }
    return {
      tokens: Int32Array.from(tokens),
      logprobs: Float32Array.from(logprobs),
      stop: tokens.at(-1) === this.eos ? "eos" : "length",
    };
  }

  private features({ prompt, tokens }: Datum, at: number): Float64Array {
    const x = new Float64Array(this.inputs);
    x[0] = 1;
    x[1] = streamMean(prompt, "video");
    x[2] = this.deaf ? 0 : streamMean(prompt, "audio");
    x[3 + (at === 0 ? this.vocabulary : tokens[at - 1]!)] = 1;
    return x;
  }

  private next(datum: Datum, at: number): number[] {
    const x = this.features(datum, at);
    const logits = Array.from({ length: this.vocabulary }, (_, id) => {
      let sum = 0;
      for (let i = 0; i < this.inputs; i++) sum += this.weights[id * this.inputs + i]! * x[i]!;
      return sum;
    });
    const peak = Math.max(...logits);
    const exps = logits.map((logit) => Math.exp(logit - peak));
    const total = exps.reduce((sum, value) => sum + value, 0);
    return exps.map((value) => value / total);
  }
}

/** Positions whose log-probs are asked for. */
function readOf({ tokens, read }: Datum): readonly number[] {
  return read ?? [...tokens.keys()];
}

function streamMean(prompt: Prompt, modality: "video" | "audio"): number {
  const { features, attended } = prompt[modality];
  return attended ? features.reduce((sum, value) => sum + value, 0) / features.length : 0;
}

function draw(probabilities: readonly number[], u: number): number {
  let left = u;
  for (let id = 0; id < probabilities.length; id++) {
    left -= probabilities[id]!;
    if (left < 0) return id;
  }
  return probabilities.length - 1;
}
