import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PolicyError } from "../../src/core/errors.ts";
import { readJson, writeJson } from "../../src/core/files.ts";
import { Rng } from "../../src/core/rng.ts";
import type {
  AdamOptions,
  Completion,
  Datum,
  Distributions,
  LoadOptions,
  Policy,
  SampleOptions,
  StepReport,
} from "../../src/policy/port.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";

/**
 * The smallest thing that is a policy: next-token logits are linear in (1, mean video feature, mean
 * audio feature, one-hot of the previous token). Exact gradients, plain gradient descent, no
 * engine. `deaf` ignores the audio, as a model behind a misspelt switch does.
 */
export class LinearPolicy implements Policy {
  readonly id = "linear";
  readonly capabilities = { wholeVocabulary: true };
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

  async distributions(batch: readonly Datum[]): Promise<Distributions[]> {
    const logprobs = await this.logprobs(batch);
    return batch.map((datum, index) => {
      checkWhole(datum);
      const rows = Float32Array.from(
        (datum.whole ?? []).flatMap((at) => this.next(datum, at).map(Math.log)),
      );
      return { logprobs: logprobs[index]!, rows };
    });
  }

  async backward(
    batch: readonly Datum[],
    gradient: readonly ArrayLike<number>[],
    whole?: readonly (Float32Array | undefined)[],
  ) {
    const all = [...gradient, ...(whole ?? [])].flatMap((values) => Array.from(values ?? []));
    if (!all.every(Number.isFinite)) throw new PolicyError("GRADIENT", "not finite");
    batch.forEach((datum, row) => {
      const rows = whole?.[row];
      const positions = datum.whole ?? [];
      checkWhole(datum);
      if (rows && rows.length !== positions.length * this.vocabulary) {
        throw new PolicyError("GRADIENT", "not a row a position");
      }
      readOf(datum).forEach((at, index) => {
        const onlyToken = new Float64Array(this.vocabulary);
        onlyToken[datum.tokens[at]!] = gradient[row]![index]!;
        this.push(datum, at, onlyToken);
      });
      if (!rows) return;
      positions.forEach((at, index) => {
        this.push(datum, at, rows.subarray(index * this.vocabulary, (index + 1) * this.vocabulary));
      });
    });
    return this.logprobs(batch);
  }

  /** Adds the gradient that dL/dlogp of every next token makes: g − p Σ g on the logits. */
  private push(datum: Datum, at: number, weights: Float64Array | Float32Array): void {
    const x = this.features(datum, at);
    let total = 0;
    for (const weight of weights) total += weight;
    this.next(datum, at).forEach((probability, id) => {
      const slope = weights[id]! - probability * total;
      for (let i = 0; i < this.inputs; i++) {
        this.gradient[id * this.inputs + i]! += slope * x[i]!;
      }
    });
  }

  async step(options: AdamOptions): Promise<StepReport> {
    const gradientNorm = Math.sqrt(this.gradient.reduce((sum, g) => sum + g * g, 0));
    // an epsilon far above every moment makes Adam plain descent at this rate
    const rate = options.learningRate / (options.epsilon ?? 1);
    this.weights = this.weights.map((w, i) => w - rate * this.gradient[i]!);
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
    const chances: number[] = [];
    while (tokens.length < options.maxTokens && tokens.at(-1) !== this.eos) {
      const p = this.next({ prompt, tokens: Int32Array.from(tokens) }, tokens.length);
      const token = options.temperature === 0 ? p.indexOf(Math.max(...p)) : draw(p, rng.float());
      tokens.push(token);
      logprobs.push(Math.log(p[token]!));
      chances.push(...p);
    }
    return {
      tokens: Int32Array.from(tokens),
      logprobs: Float32Array.from(logprobs),
      ...(options.chances ? { chances: Float32Array.from(chances) } : {}),
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

function checkWhole({ tokens, whole = [] }: Datum): void {
  const fits = (at: number, i: number) =>
    Number.isInteger(at) && at < tokens.length && at > (whole[i - 1] ?? -1);
  if (!whole.every(fits)) throw new PolicyError("WHOLE_POSITION", `whole is ${whole}`);
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
