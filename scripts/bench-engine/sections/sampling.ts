/** Sampling against Hugging Face `generate`, by batch size. */
import type { Context, Section } from "../context.ts";
import { interleave, repeats, type Turn, timed } from "../rounds.ts";
import { median, ratio } from "../statistics.ts";
import { demo, lengths, openPolicy, randomPrompts } from "../subject.ts";
import { markdownTable, shortNumber, times } from "../table.ts";

const compared = [1, 8, 64, 128] as const;
/** Of our own engine alone. */
const others = [2, 4, 16, 32, 256] as const;
const models = ["opt", "llama"] as const;
/** The batch of a training step of the demo. */
const trained = 64;

export async function sampling(context: Context): Promise<Section> {
  const policies = await Promise.all(
    context.threads.map((threads) => openPolicy({ name: "onnx", threads })),
  );
  const byBatch = new Map<number, Map<string, number[]>>();
  try {
    for (const batch of [...compared, ...(context.quick ? [] : others)]) {
      const turns = policies.map((policy, at): Turn => {
        const clips = randomPrompts(Math.ceil(batch / demo.rl.group));
        let seed = 0;
        const run = () =>
          policy.sample(clips, {
            samplesPerPrompt: batch / clips.length,
            maxTokens: lengths.mean,
            temperature: 1,
            seed: seed++,
          });
        return {
          name: `onnx, ${context.threads[at]} thr.`,
          run: () => timed(run, { warmups: 1, repeats }),
        };
      });
      if ((compared as readonly number[]).includes(batch))
        turns.push(...generateTurns(context, batch));
      for (const { run } of turns) await run();
      const step = `sampling, batch ${batch}`;
      byBatch.set(batch, await interleave(step, turns, context.limits, context.progress));
    }
  } finally {
    for (const policy of policies) await policy.close();
  }
  const batches = [...byBatch.keys()].sort((a, b) => a - b);
  const names = [...byBatch.get(compared[0])!.keys()];
  const tokensPerSecond = (batch: number, name: string): string => {
    const ms = byBatch.get(batch)!.get(name);
    return ms ? shortNumber((1000 * batch * lengths.mean) / median(ms)) : "";
  };
  const goal = (model: string, threads: number) =>
    `sampling at least 3× \`generate\` (${model}), batch ${trained}, ${threads} thr.`;
  const unmeasured = context.threads.flatMap((threads) =>
    (context.yardsticks.length > 0 ? [] : models).map((model) => ({
      goal: goal(model, threads),
      measured: "",
    })),
  );
  const against = context.threads.flatMap((threads) =>
    (context.yardsticks.length > 0 ? models : []).map((model) => {
      const base = `generate ${model}, ${threads} thr.`;
      const ratios = compared.map((batch) => {
        const all = byBatch.get(batch)!;
        // time of theirs over time of ours is speed of ours over speed of theirs
        return ratio(all.get(base)!, all.get(`onnx, ${threads} thr.`)!);
      });
      return { base, model, threads, ratios };
    }),
  );
  return {
    name: "sampling",
    title: "Sampling",
    markdown: [
      `Tokens per second, medians of up to ${context.limits.rounds} rounds; ${lengths.mean} tokens after a prefix of ` +
        "16 positions, temperature 1, nobody ends early; eight rollouts a clip from batch 8 on. `generate`: " +
        "randomly initialised `OPTForCausalLM` (nearest in architecture) and `LlamaForCausalLM` of the " +
        "same width, layers, heads and vocabulary, prefix as `inputs_embeds`, key-value cache, eager, " +
        "inference mode. Ours also returns each token's log-prob and gives every row its own random stream.",
      markdownTable(
        ["batch", ...batches.map(String)],
        names.map((name) => [name, ...batches.map((batch) => tokensPerSecond(batch, name))]),
      ),
      against.length > 0
        ? "Our speed over that of `generate` at the same threads, round by round (above 1: faster):"
        : `\`generate\` was not run: ${context.withoutYardstick}.`,
      against.length > 0
        ? markdownTable(
            ["batch", ...compared.map(String)],
            against.map(({ base, ratios }) => [base, ...ratios.map(times)]),
          )
        : "",
    ]
      .filter(Boolean)
      .join("\n\n"),
    targets: [
      ...unmeasured,
      ...against.map(({ model, threads, ratios }) => {
        const found = ratios[compared.indexOf(trained)]!;
        return { goal: goal(model, threads), measured: times(found), met: found.median >= 3 };
      }),
    ],
    data: Object.fromEntries([...byBatch].map(([batch, all]) => [batch, Object.fromEntries(all)])),
  };
}

function generateTurns(context: Context, batch: number): Turn[] {
  const prompts = Math.ceil(batch / demo.rl.group);
  return context.yardsticks.flatMap((yardstick) =>
    models.map((name) => ({
      name: `generate ${name}, ${yardstick.threads} thr.`,
      run: async () => {
        const request = {
          do: "generate",
          name,
          prompts,
          group: batch / prompts,
          tokens: lengths.mean,
          warmups: 1,
          repeats,
        };
        return (await yardstick.request<{ ms: number[] }>(request)).ms;
      },
    })),
  );
}
