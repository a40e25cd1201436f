import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PolicyError } from "../../core/errors.ts";
import { Rng } from "../../core/rng.ts";
import { sharedFloats } from "../../core/shared-memory.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { embeddedOptions, type executorNames, executorOptions } from "../options.ts";
import type { Datum } from "../port.ts";
import { createEmbeddedPolicy, type EmbeddedPolicy } from "./embedded-policy.ts";
import { openExecutor } from "./open-executor.ts";
import { SecondThread, secondThreadFor } from "./second-thread.ts";

const media = { tokens: 2, dim: 3 };
const vocabulary = { size: 12, bos: 1, eos: 2 };
const sampling = { samplesPerPrompt: 8, maxTokens: 20, temperature: 1, seed: "second" };

/**
 * Features are views of large arrays, as those of stored clips may be; audio lies in shared memory.
 */
function prompts(count: number): Prompt[] {
  const rng = new Rng("prompts");
  const stores = [new Float32Array(count * 6), sharedFloats(count * 6)];
  for (const store of stores) rng.normals(store);
  const stream = (store: Float32Array, at: number) => ({
    ...media,
    attended: true,
    features: store.subarray(6 * at, 6 * at + 6),
  });
  return Array.from({ length: count }, (_, index) => ({
    id: `${index}`,
    video: stream(stores[0]!, index),
    audio: stream(stores[1]!, index),
    text: [],
  }));
}

/**
 * Completions of eleven prompts, some of them read at a few tokens, some with whole rows: chunks of
 * many sizes.
 */
function completions(count = 300): Datum[] {
  const rng = new Rng("completions");
  const all = prompts(11);
  return Array.from({ length: count }, (_, index) => ({
    prompt: all[(index * index) % 11]!,
    tokens: Int32Array.from({ length: 1 + rng.int(20) }, () => 3 + rng.int(9)),
    ...(index % 5 === 0 ? { read: [0] } : {}),
    ...(index % 3 === 0 ? { whole: [0] } : {}),
  }));
}

const open = async (name: (typeof executorNames)[number], threads: number) =>
  createEmbeddedPolicy({
    options: embeddedOptions.parse({ width: 16, heads: 2, headWidth: 8, maxTokens: 20 }),
    vocabulary,
    video: media,
    audio: media,
    seed: 5,
    executor: await openExecutor(executorOptions.parse({ name, threads })),
  });

/** What a policy says before and after two steps, and what it samples then. */
async function course(policy: EmbeddedPolicy, count: number) {
  const batch = completions(count);
  const rng = new Rng("gradient");
  const gradient = batch.map(({ tokens, read }) =>
    Float32Array.from(read ?? tokens, () => rng.normal()),
  );
  const whole = batch.map((datum) =>
    datum.whole ? Float32Array.from({ length: vocabulary.size }, () => rng.normal()) : undefined,
  );
  const before = [await policy.logprobs(batch), await policy.distributions(batch)];
  const differentiated: Float32Array[][] = [];
  const norms: number[] = [];
  for (let step = 0; step < 2; step++) {
    differentiated.push(await policy.backward(batch, gradient, whole));
    norms.push((await policy.step({ learningRate: 0.01 })).gradientNorm);
  }
  const after = await policy.logprobs(batch);
  return {
    before,
    differentiated,
    norms,
    after,
    sampled: await policy.sample(prompts(11), sampling),
  };
}

describe.each([
  ["auto", 300],
  ["jax", 70],
] as const)("the second thread's half of the work, executor %s", (name, count) => {
  let alone: EmbeddedPolicy;
  let helped: EmbeddedPolicy;
  beforeAll(async () => {
    [alone, helped] = [await open(name, 1), await open(name, 2)];
  });
  afterAll(async () => {
    await Promise.all([alone.close(), helped.close()]);
  });

  it("changes no bit of log-probs, gradients, weights and samples", async () => {
    expect(await course(helped, count)).toEqual(await course(alone, count));
  });

  it("keeps the weights of two policies apart", async () => {
    const other = await open(name, 2);
    const batch = completions(count);
    const initial = await other.logprobs(batch);
    const trained = await helped.logprobs(batch);
    expect(initial).not.toEqual(trained);
    expect(await other.logprobs(batch)).toEqual(initial);
    expect(await helped.logprobs(batch)).toEqual(trained);
    await other.close();
    expect(await helped.logprobs(batch)).toEqual(trained);
  });
});

it("an error on the other thread is the error it would be here, and names the datum", async () => {
  const policy = await open("auto", 2);
  const batch = completions().filter(({ read }) => !read);
  await policy.backward(
    batch,
    batch.map(({ tokens }) => new Float32Array(tokens.length).fill(1)),
  );
  await policy.step({ learningRate: 1e38 });
  const failed = policy.sample(prompts(11), sampling);
  await expect(failed).rejects.toThrow(PolicyError);
  await expect(failed).rejects.toMatchObject({ code: "LOGITS_NOT_FINITE" });
  await expect(policy.logprobs(batch)).rejects.toThrow(/datum \d+ \('\d+'\).*diverged/);
  await policy.close();
});

it("a thread that ends says so, and what to do without it", async () => {
  const missing = new URL("./no-such-thread.ts", import.meta.url);
  await expect(SecondThread.start(executorOptions.parse({}), missing)).rejects.toMatchObject({
    code: "SECOND_THREAD_ENDED",
    message: expect.stringMatching(
      /second thread failed: .*no-such-thread.*executor.threads to 1/s,
    ),
  });
});

it("a thread that dies fails the calls that follow; the next policy gets another thread", async () => {
  const policy = await open("jax", 2);
  const options = executorOptions.parse({ name: "jax", threads: 1 });
  const first = await secondThreadFor(options);
  await (Reflect.get(first, "worker") as Worker).terminate();
  await expect(policy.logprobs(completions(40))).rejects.toMatchObject({
    code: "SECOND_THREAD_ENDED",
  });
  await policy.close();
  expect(await secondThreadFor(options)).not.toBe(first);
  const next = await open("jax", 2);
  expect(await next.logprobs(completions(40))).toHaveLength(40);
  await next.close();
});
