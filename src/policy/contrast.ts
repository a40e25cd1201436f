import { PolicyError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { type MaskSources, maskPrompt } from "../prompt/masks.ts";
import { type Modality, modalities, type Prompt } from "../prompt/prompt.ts";
import type { ContrastOptions } from "./options.ts";
import type { Policy, SampleOptions } from "./port.ts";

/**
 * A policy that decodes by contrast with its own answer under a hidden stream (VCD 2311.16922):
 * what a user gets without training. Everything but `sample` is the policy's own, log-probs
 * included: decoding changes which words are drawn, not what the policy knows.
 * @throws PolicyError CONTRAST where the engine cannot.
 */
export function contrasted(
  policy: Policy,
  { hide, mask, alpha, beta }: ContrastOptions,
  blank: MaskSources["blank"],
): Policy {
  if (!policy.capabilities.contrast) throw noContrast(policy.id);
  const streams: readonly Modality[] = hide === "both" ? modalities : [hide];
  const counterpart = (prompt: Prompt, rng: Rng): Prompt =>
    streams.reduce(
      (shown, stream) => maskPrompt(shown, stream, mask, { rng, ...(blank ? { blank } : {}) }),
      prompt,
    );
  return {
    id: `${policy.id}, contrast with ${hide} hidden`,
    capabilities: policy.capabilities,
    sample: (prompts: readonly Prompt[], options: SampleOptions) => {
      const root = new Rng(`${options.seed}/contrast`);
      const hidden = prompts.map((prompt, at) => counterpart(prompt, root.fork(String(at))));
      return policy.sample(prompts, { ...options, contrast: { prompts: hidden, alpha, beta } });
    },
    logprobs: (batch) => policy.logprobs(batch),
    distributions: (batch) => policy.distributions(batch),
    backward: (batch, gradient, whole) => policy.backward(batch, gradient, whole),
    step: (options) => policy.step(options),
    save: (folder) => policy.save(folder),
    load: (folder, options) => policy.load(folder, options),
    close: () => policy.close(),
  };
}

/** What an engine that cannot decode by contrast says to whoever asks for it. */
export function noContrast(engine: string): PolicyError {
  return new PolicyError("CONTRAST", `${engine} cannot decode by contrast`, {
    hint: "leave decode.contrast out, or take an engine that samples from two prompts at once",
  });
}
