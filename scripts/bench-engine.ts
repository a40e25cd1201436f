/**
 * How fast the embedded policy trains and samples, per executor, and what the Omni-Perception Loss costs
 * beside a plain GRPO step of the same run. `npx tsx scripts/bench-engine.ts [--threads 1,2] [--out x.md]`.
 */
import { cpus, loadavg } from "node:os";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadConfig } from "../src/config/load.ts";
import { experimentOptions } from "../src/config/schema.ts";
import { writeFileAtomic } from "../src/core/files.ts";
import { Rng } from "../src/core/rng.ts";
import { featureDims } from "../src/media/features.ts";
import { createEmbeddedPolicy } from "../src/policy/embedded/embedded-policy.ts";
import { openExecutor } from "../src/policy/embedded/open-executor.ts";
import { executorOptions } from "../src/policy/options.ts";
import type { Datum, Policy } from "../src/policy/port.ts";
import { maskPrompt } from "../src/prompt/mask.ts";
import { type Modality, modalities, type Prompt } from "../src/prompt/prompt.ts";

const demo = loadConfig(resolve(import.meta.dirname, "../configs/demo.yaml"), experimentOptions);
const dims = featureDims(demo.features);
const shape = {
  vocabulary: { size: 200, bos: 1, eos: 2 },
  video: { tokens: demo.features.videoTokens, dim: dims.video },
  audio: { tokens: demo.features.audioTokens, dim: dims.audio },
};
const { prompts, group } = demo.rl;
const length = 44;
const sftBatch = demo.sft.batch;
const evidencePerRollout = 6;
const adam = { learningRate: 1e-4, clipNorm: 1 };
const rng = new Rng("bench-engine");

/** Milliseconds of one run of each measured piece, medians over the rounds. */
interface Timing {
  executor: string;
  threads: number;
  sft: number;
  sample: number;
  grpo: number;
  alternate: number;
  both: number;
  tokensPerSecond: number;
}

function randomPrompt(id: string): Prompt {
  const stream = ({ tokens, dim }: { tokens: number; dim: number }) => ({
    tokens,
    dim,
    attended: true,
    features: Float32Array.from({ length: tokens * dim }, () => rng.normal()),
  });
  return { id, video: stream(shape.video), audio: stream(shape.audio), text: [] };
}

const pool = Array.from({ length: sftBatch }, (_, index) => randomPrompt(`clip-${index}`));
const rollouts = pool.slice(0, prompts);
/** References are 34 to 54 tokens long, 44 on average. */
const references = pool.map((prompt) => ({
  prompt,
  tokens: Int32Array.from({ length: 34 + rng.int(21) }, () => 3 + rng.int(197)),
}));

async function sftStep(policy: Policy): Promise<void> {
  await policy.backward(
    references,
    references.map(({ tokens }) => new Float32Array(tokens.length).fill(-1 / 2816)),
  );
  await policy.step(adam);
}

async function sampleBatch(policy: Policy): Promise<Datum[]> {
  const options = { samplesPerPrompt: group, maxTokens: length, temperature: 1, seed: rng.float() };
  const samples = await policy.sample(rollouts, options);
  return samples.flatMap((completions, index) =>
    completions.map(({ tokens }) => ({ prompt: rollouts[index] as Prompt, tokens })),
  );
}

/** Each group's completions after a prompt whose modality comes from another clip. */
function swapped(batch: readonly Datum[], modalityOf: (group: number) => Modality): Datum[] {
  const masked = rollouts.map((prompt, index) => {
    const donor = rollouts[(index + 1) % prompts] as Prompt;
    return maskPrompt(prompt, modalityOf(index), "swap", { donor });
  });
  return batch.map(({ tokens }, index) => ({
    prompt: masked[Math.floor(index / group)] as Prompt,
    tokens,
  }));
}

/** The loss reads the masked pass, then differentiates it on the evidence tokens alone. */
async function maskedPass(policy: Policy, batch: readonly Datum[]): Promise<void> {
  const logprobs = await policy.logprobs(batch);
  const gradient = logprobs.map((row) => {
    const values = new Float32Array(row.length);
    for (let i = 0; i < evidencePerRollout; i++) values[rng.int(row.length)] = 1e-4;
    return values;
  });
  await policy.backward(batch, gradient);
}

type Passes = "none" | "alternate" | "both";

async function rlStep(policy: Policy, passes: Passes, watch: Stopwatch): Promise<void> {
  const began = performance.now();
  const batch = await sampleBatch(policy);
  watch.sampled(performance.now() - began, batch);
  if (passes === "alternate") {
    await maskedPass(
      policy,
      swapped(batch, (index) => modalities[index % 2] as Modality),
    );
  } else if (passes === "both") {
    for (const modality of modalities) {
      await maskedPass(
        policy,
        swapped(batch, () => modality),
      );
    }
  }
  await policy.backward(
    batch,
    batch.map(({ tokens }, index) =>
      new Float32Array(tokens.length).fill(index % 2 ? 1e-4 : -1e-4),
    ),
  );
  await policy.step(adam);
  watch.stepped(passes, performance.now() - began);
}

/** Collects times; the first round of everything (compilation) is dropped by `reset`. */
class Stopwatch {
  readonly times = new Map<string, number[]>();
  private tokens = 0;
  private sampleMs = 0;

  reset(): void {
    this.times.clear();
    this.tokens = 0;
    this.sampleMs = 0;
  }

  stepped(name: string, ms: number): void {
    this.times.set(name, [...(this.times.get(name) ?? []), ms]);
  }

  sampled(ms: number, batch: readonly Datum[]): void {
    this.stepped("sample", ms);
    this.sampleMs += ms;
    for (const { tokens } of batch) this.tokens += tokens.length;
  }

  median(name: string): number {
    const sorted = [...(this.times.get(name) ?? [])].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] as number;
  }

  get tokensPerSecond(): number {
    return (1000 * this.tokens) / this.sampleMs;
  }
}

async function measure(
  name: "onnx" | "jax",
  threads: number | undefined,
  rounds: number,
): Promise<Timing> {
  const executor = await openExecutor(executorOptions.parse({ name, threads }));
  const policy = createEmbeddedPolicy({
    options: demo.policy,
    ...shape,
    seed: "bench-engine",
    executor,
  });
  const watch = new Stopwatch();
  // the three kinds of step take turns, so that a busy moment of the machine hits all of them
  for (let round = -1; round < rounds; round++) {
    if (round === 0) watch.reset();
    const began = performance.now();
    await sftStep(policy);
    watch.stepped("sft", performance.now() - began);
    for (const passes of ["none", "alternate", "both"] as const)
      await rlStep(policy, passes, watch);
  }
  await policy.close();
  return {
    executor: name,
    threads: executor.threads,
    sft: watch.median("sft"),
    sample: watch.median("sample"),
    grpo: watch.median("none"),
    alternate: watch.median("alternate"),
    both: watch.median("both"),
    tokensPerSecond: watch.tokensPerSecond,
  };
}

function table(timings: readonly Timing[]): string {
  const ms = (value: number): string => value.toFixed(0);
  const ratio = (value: number, base: number): string =>
    `${ms(value)} (${(value / base).toFixed(2)}×)`;
  const head = [
    "executor",
    "threads",
    `SFT step, batch ${sftBatch}`,
    `sampling ${prompts}×${group}`,
    "GRPO step",
    "+ one masked pass",
    "+ both masked passes",
    "sampled tokens/s",
  ];
  const rows = timings.map((t) => [
    t.executor,
    String(t.threads),
    ms(t.sft),
    ms(t.sample),
    ms(t.grpo),
    ratio(t.alternate, t.grpo),
    ratio(t.both, t.grpo),
    ms(t.tokensPerSecond),
  ]);
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}

const { values } = parseArgs({
  options: {
    threads: { type: "string" },
    executor: { type: "string" },
    rounds: { type: "string", default: "7" },
    out: { type: "string" },
  },
});
/** Executors and thread counts to measure; jax-js has one thread. */
const cases = [
  ...(values.threads?.split(",") ?? [undefined]).map((count) => ({
    name: "onnx" as const,
    threads: count === undefined ? undefined : Number(count),
  })),
  { name: "jax" as const, threads: undefined },
].filter(({ name }) => (values.executor ?? name) === name);
const timings: Timing[] = [];
for (const { name, threads } of cases) {
  try {
    timings.push(await measure(name, threads, Number(values.rounds)));
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}
const report = [
  `Milliseconds, medians of ${values.rounds} rounds; the demo's policy: ${demo.policy.layers} layers of ` +
    `width ${demo.policy.width}, vocabulary ${shape.vocabulary.size}, ${shape.video.tokens} + ` +
    `${shape.audio.tokens} media tokens of ${dims.video} and ${dims.audio} features, ` +
    `${length} tokens a completion; Node ${process.versions.node}, ${cpus().length} cores ` +
    `(${cpus()[0]?.model.trim()}), load ${(loadavg()[0] as number).toFixed(1)}. In brackets: ratio to ` +
    "the plain GRPO step of the same run.",
  "",
  table(timings),
  "",
].join("\n");
console.log(report);
if (values.out) writeFileAtomic(values.out, report);
