/** A run of six clips with a scripted policy, for tests of single parts of the trainer. */
import { PolicyError } from "../core/errors.ts";
import { silent } from "../core/progress.ts";
import { decomposeReference } from "../cues/decompose.ts";
import { resolveLossOptions } from "../loss/presets.ts";
import type { Completion, Datum, Policy } from "../policy/port.ts";
import type { Prompt } from "../prompt/prompt.ts";
import { WordTokenizer } from "../prompt/tokenizer.ts";
import { rewardOptions } from "../rewards/options.ts";
import { createScorer } from "../rewards/scorer.ts";
import { systemLayout } from "../runs/layout.ts";
import type { Example } from "./example.ts";
import { maskOptions, rlOptions } from "./options.ts";
import type { RlRun } from "./run.ts";

export const says = (label: string, seen = "broad smile"): string =>
  `<think>In the video, ${seen}. In the audio, loud voice. It is ${label}.</think><answer>${label}</answer>`;

const labels = ["joy", "fear", "joy", "anger", "fear", "joy"] as const;
export const sights = ["broad smile", "open mouth", "raised eyebrows", "slow nod"] as const;
export const labelOf = (clip: number): string => labels[clip % labels.length]!;

export const tokenizer = WordTokenizer.fromTexts(
  labels.flatMap((label) => sights.map((seen) => says(label, seen))),
);

/** Clip `index`: its streams hold its number. */
export function clip(index: number, own: readonly string[] = [labelOf(index)]): Example {
  const stream = (value: number) => ({
    features: Float32Array.of(value, value / 2),
    tokens: 2,
    dim: 1,
    attended: true,
  });
  const prompt: Prompt = {
    id: `clip-${index}`,
    text: [],
    video: stream(index + 1),
    audio: stream(-index - 1),
  };
  const reference = decomposeReference(says(own[0] ?? "joy"));
  return { id: prompt.id, prompt, reference, labels: own };
}

/** Which answer a clip gets, by the place of the sample in its group and the seed of the call. */
export type Script = (clip: string, sample: number, seed: string) => string;

/**
 * Says what the script says and remembers what it is asked. Log-probs depend on prompt and tokens
 * alone.
 */
export class ScriptedPolicy implements Policy {
  readonly id = "scripted";
  readonly capabilities = { wholeVocabulary: false };
  readonly sampled: { clips: string[]; seed: string }[] = [];
  readonly read: Datum[][] = [];
  readonly differentiated: { datum: Datum; gradient: number[] }[][] = [];

  private readonly script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  async sample(prompts: readonly Prompt[], options: Parameters<Policy["sample"]>[1]) {
    const seed = String(options.seed);
    this.sampled.push({ clips: prompts.map(({ id }) => id), seed });
    return prompts.map((prompt) =>
      Array.from({ length: options.samplesPerPrompt }, (_, sample): Completion => {
        const { ids } = tokenizer.encode(this.script(prompt.id, sample, seed));
        const tokens = Int32Array.from([...ids, tokenizer.eos]);
        return { tokens, logprobs: logprobsOf({ prompt, tokens }), stop: "eos" };
      }),
    );
  }

  async logprobs(batch: readonly Datum[]) {
    this.read.push([...batch]);
    return batch.map(logprobsOf);
  }

  async distributions(): Promise<never> {
    throw new PolicyError("WHOLE_VOCABULARY", "the scripted policy knows no vocabulary");
  }

  async backward(
    batch: readonly Datum[],
    gradient: readonly ArrayLike<number>[],
    whole?: readonly (Float32Array | undefined)[],
  ) {
    if (whole) await this.distributions();
    this.differentiated.push(
      batch.map((datum, index) => ({ datum, gradient: Array.from(gradient[index]!) })),
    );
    return batch.map(logprobsOf);
  }

  async step() {
    return { gradientNorm: 1, clipped: false, step: this.differentiated.length };
  }

  async save() {}
  async load() {}
  async close() {}
}

/** Some log-prob, other for every prompt, token and place. */
export function logprobsOf({ prompt, tokens, read }: Datum): Float32Array {
  const { video, audio } = prompt;
  const streams = [video, audio].map(({ features, attended }) => (attended ? features[0]! : 0));
  return Float32Array.from(
    read ?? tokens.keys(),
    (at) => -1 - Math.sin(tokens[at]! + at * streams[0]! + Math.sqrt(at + 2) * streams[1]!) ** 2,
  );
}

/** Only the answer's label is rewarded, so that a script decides every reward. */
const reward = rewardOptions.parse({ weights: { accuracy: 1, format: 0, perception: 0 } });

export function fakeRun(script: Script, changes: Partial<RlRun> = {}) {
  const policy = new ScriptedPolicy(script);
  const embedder = {
    id: "length",
    embed: async (texts: readonly string[]) =>
      texts.map(({ length }) => Float32Array.of(Math.cos(length), Math.sin(length))),
  };
  const run: RlRun = {
    name: "fake",
    policy,
    tokenizer,
    examples: labels.map((_, index) => clip(index)),
    scorer: createScorer({ embedder, calibration: { low: 0.5, high: 0.9 }, options: reward }),
    options: rlOptions.parse({ steps: 3, prompts: 3, group: 2 }),
    mask: maskOptions.parse({}),
    loss: resolveLossOptions({ preset: "oppo-swap" }),
    reward,
    seed: 1,
    layout: systemLayout("/nowhere"),
    progress: silent,
    notice: () => {},
    ...changes,
  };
  return { run, policy };
}
