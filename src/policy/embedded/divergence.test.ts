/**
 * What whole rows are for: KL(p ‖ p^m) between the full and a masked pass, its gradient through
 * both or the full one alone, against the policy moved along it. The KL is computed by enumerating
 * tokens, with no call of `distributions`.
 */
import { describe, expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import { maskPrompt } from "../../prompt/masks.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { embeddedOptions, executorOptions } from "../options.ts";
import type { Datum, Policy } from "../port.ts";
import { createEmbeddedPolicy } from "./embedded-policy.ts";
import { openExecutor } from "./open-executor.ts";

const vocabulary = { size: 9, bos: 1, eos: 2 };
const media = { tokens: 2, dim: 3 };
const rng = new Rng("divergence");
const stream = () => ({ ...media, attended: true, features: rng.normals(new Float32Array(6)) });
const prompt: Prompt = { id: "clip", video: stream(), audio: stream(), text: [] };
const tokens = Int32Array.of(3, 5, 4, 7, 2);
const whole = [1, 3];
const full: Datum = { prompt, tokens, read: [], whole };
const masked: Datum = { ...full, prompt: maskPrompt(prompt, "audio", "drop") };

const open = async () =>
  createEmbeddedPolicy({
    options: embeddedOptions.parse({ width: 16, heads: 2, headWidth: 8, maxTokens: 8 }),
    vocabulary,
    video: media,
    audio: media,
    seed: 3,
    executor: await openExecutor(executorOptions.parse({})),
  });

/** Log-probs [positions × V], token by token. */
async function enumerated(policy: Policy, { prompt }: Datum): Promise<number[]> {
  const each = whole.flatMap((position) =>
    Array.from({ length: vocabulary.size }, (_, id) => ({
      prompt,
      tokens: tokens.with(position, id),
      read: [position],
    })),
  );
  return (await policy.logprobs(each)).map(([logprob]) => logprob!);
}

const divergence = (l: readonly number[], m: readonly number[]) =>
  l.reduce((sum, logp, i) => sum + Math.exp(logp) * (logp - m[i]!), 0);

/** ∂KL/∂l = p (l − m + 1) and ∂KL/∂m = −p. */
async function push(policy: Policy, sign: number, throughMasked: boolean): Promise<number> {
  const read = await policy.distributions([full, masked]);
  const [l, m] = read.map(({ rows }) => rows) as [Float32Array, Float32Array];
  const towardFull = l.map((logp, i) => sign * Math.exp(logp) * (logp - m[i]! + 1));
  const towardMasked = throughMasked ? l.map((logp) => -sign * Math.exp(logp)) : undefined;
  await policy.backward([full, masked], [[], []], [towardFull, towardMasked]);
  return divergence([...l], [...m]);
}

describe.each([
  ["both passes", true],
  ["the full pass alone", false],
])("KL of a masked pass, through %s", (_through, throughMasked) => {
  it("changes by rate · ‖gradient‖² along its gradient", async () => {
    const start = await open();
    const constant = await enumerated(start, masked);
    const value = await push(start, 1, throughMasked);
    expect(divergence(await enumerated(start, full), constant)).toBeCloseTo(value, 5);
    await start.close();

    const epsilon = 1e6;
    const change = 0.002;
    const moved = async (sign: number) => {
      const policy = await open();
      await push(policy, sign, throughMasked);
      const { gradientNorm } = await policy.step({ learningRate: 0, epsilon });
      await push(policy, sign, throughMasked);
      await policy.step({ learningRate: (change / gradientNorm ** 2) * epsilon, epsilon });
      const m = throughMasked ? await enumerated(policy, masked) : constant;
      const after = divergence(await enumerated(policy, full), m);
      await policy.close();
      return after;
    };
    expect((await moved(-1)) - (await moved(1))).toBeCloseTo(2 * change, 4);
  });
});
