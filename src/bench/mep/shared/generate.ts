import type { Completion, Policy } from "../../../policy/port.ts";
import type { Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";

/** How responses are drawn. */
export interface SamplingOptions {
  /** 0 is greedy. */
  temperature: number;
  /** Longest response, in tokens. */
  maxTokens: number;
  seed: number | string;
  /** Prompts per call of the policy. Another size draws other responses. */
  chunk: number;
}

/** A policy at work: what generation and scoring need besides prompts. */
export interface Runner<Options extends SamplingOptions = SamplingOptions> {
  policy: Policy;
  tokenizer: Tokenizer;
  options: Options;
  /** Called with how many responses, or clips' probes, were just done. */
  advance(count: number): void;
}

export interface Generation {
  text: string;
  completion: Completion;
}

/**
 * `samples` responses per prompt: out[prompt][sample]. `name` is part of the seed; another `chunk`
 * size draws other responses.
 */
export async function generate(
  runner: Runner,
  name: string,
  prompts: readonly Prompt[],
  samples: number,
): Promise<Generation[][]> {
  const { policy, tokenizer, options, advance } = runner;
  const out: Generation[][] = [];
  for (let start = 0; start < prompts.length; start += options.chunk) {
    const completions = await policy.sample(prompts.slice(start, start + options.chunk), {
      samplesPerPrompt: samples,
      maxTokens: options.maxTokens,
      temperature: options.temperature,
      seed: `${options.seed}/${name}/${start}`,
    });
    for (const group of completions) {
      out.push(group.map((completion) => ({ text: textOf(completion, tokenizer), completion })));
    }
    advance(completions.length * samples);
  }
  return out;
}

function textOf(completion: Completion, tokenizer: Tokenizer): string {
  return tokenizer.decode(completion.tokens).text;
}
