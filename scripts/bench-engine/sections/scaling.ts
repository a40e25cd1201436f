/** How the cost of our engine grows with the model and the batch. */

import { Rng } from "../../../src/core/rng.ts";
import type { EmbeddedOptions } from "../../../src/policy/options.ts";
import type { Datum, Policy } from "../../../src/policy/port.ts";
import type { Context, Section } from "../context.ts";
import { trainingFlops } from "../flops.ts";
import { interleave, repeats, type Turn, timed } from "../rounds.ts";
import { median } from "../statistics.ts";
import {
  demo,
  lengths,
  likelihoodGradient,
  openPolicy,
  randomPrompts,
  randomTokens,
  shape,
} from "../subject.ts";
import { markdownTable, shortNumber } from "../table.ts";

interface Case {
  label: string;
  options: Partial<EmbeddedOptions>;
  tokens: number;
  group: number;
}

const base = { options: {}, tokens: lengths.mean, group: demo.rl.group };
const width = (value: number): Case => ({
  ...base,
  label: String(value),
  options: { width: value, headWidth: value / demo.policy.heads },
});
const families: Record<string, readonly Case[]> = {
  width: [40, 80, 160, 320].map(width),
  layers: [1, 3, 6].map((layers) => ({ ...base, label: String(layers), options: { layers } })),
  tokens: [16, 32, 64, 128].map((tokens) => ({
    ...base,
    label: String(tokens),
    tokens,
    options: { maxTokens: 128 },
  })),
  "rollouts per clip": [2, 4, 8, 16].map((group) => ({ ...base, label: String(group), group })),
};

export async function scaling(context: Context): Promise<Section> {
  const threads = context.threads.at(-1)!;
  const limits = { ...context.limits, rounds: Math.min(3, context.limits.rounds) };
  const data: Record<string, unknown> = {};
  const table: string[][] = [];
  for (const [family, cases] of Object.entries(families)) {
    const policies: Policy[] = [];
    const turns: Turn[] = [];
    for (const one of cases) {
      const policy = await openPolicy({ name: "onnx", threads }, one.options);
      policies.push(policy);
      turns.push(...caseTurns(policy, one));
    }
    for (const { run } of turns) await run();
    const measured = await interleave(`cost by ${family}`, turns, limits, context.progress);
    for (const policy of policies) await policy.close();
    data[family] = Object.fromEntries(measured);
    for (const one of cases) {
      const train = median(measured.get(`${one.label} train`)!);
      const sample = median(measured.get(`${one.label} sample`)!);
      const work = { prompts: demo.rl.prompts, group: one.group, tokens: one.tokens };
      const flops = trainingFlops({ ...shape, ...one.options }, work);
      const made = demo.rl.prompts * one.group * one.tokens;
      table.push([
        `${family} ${one.label}`,
        shortNumber(train),
        shortNumber(flops / 1e6 / train),
        shortNumber(sample),
        shortNumber((1000 * made) / sample),
      ]);
    }
  }
  return {
    name: "scaling",
    title: "How cost grows",
    markdown: [
      `One thing at a time away from the demo's step (${demo.policy.layers} layers of width ` +
        `${demo.policy.width}, ${demo.rl.prompts} clips × ${demo.rl.group} rollouts × ${lengths.mean} ` +
        `tokens); onnx, ${threads} threads; medians of up to ${limits.rounds} rounds.`,
      markdownTable(
        ["", "gradient and optimiser, ms", "GFLOP/s", "sampling, ms", "tokens/s"],
        table,
      ),
    ].join("\n\n"),
    targets: [],
    data,
  };
}

function caseTurns(policy: Policy, { label, tokens, group }: Case): Turn[] {
  const rng = new Rng("bench-engine/scaling");
  const clips = randomPrompts(demo.rl.prompts);
  const batch: Datum[] = clips.flatMap((prompt) =>
    Array.from({ length: group }, () => ({ prompt, tokens: randomTokens(rng, tokens) })),
  );
  const gradient = likelihoodGradient(batch);
  const train = async () => {
    await policy.backward(batch, gradient);
    await policy.step({ learningRate: 1e-6, clipNorm: 1 });
  };
  const options = { samplesPerPrompt: group, maxTokens: tokens, temperature: 1, seed: "scaling" };
  const counts = { warmups: 1, repeats };
  return [
    { name: `${label} train`, run: () => timed(train, counts) },
    { name: `${label} sample`, run: () => timed(() => policy.sample(clips, options), counts) },
  ];
}
