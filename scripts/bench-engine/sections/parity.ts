/**
 * Do both sides compute the same? Log-probs and gradients at equal weights, before anything is
 * timed.
 */
import { join } from "node:path";
import type { Policy } from "../../../src/policy/port.ts";
import { fullDatum } from "../../../src/trainer/rollout.ts";
import type { Context, Section } from "../context.ts";
import {
  type Computed,
  type Difference,
  difference,
  gradientsAfterStep,
  readComputed,
} from "../difference.ts";
import { trainingFlops } from "../flops.ts";
import { rlSteps, rlUpdate, rlWork } from "../rollouts.ts";
import { demonstrations, likelihoodGradient, openPolicy, shape } from "../subject.ts";
import { markdownTable } from "../table.ts";
import { policyFolder } from "../torch-files.ts";

/**
 * Largest differences allowed. A ReLU within rounding of zero falls on either side, which changes
 * the gradients of one unit and of what lies below it by a whole token's share: gradients get more
 * room.
 */
const tolerance: Difference = { logprob: 1e-4, gradient: 1e-3, norm: 1e-4 };
const batchNames = ["sft", ...rlSteps] as const;
type BatchName = (typeof batchNames)[number];

const titles: Record<keyof Difference, string> = {
  logprob: "log-probs",
  gradient: "gradients",
  norm: "gradient norms",
};

interface Row extends Difference {
  batch: BatchName;
  other: string;
}

export async function parity(context: Context): Promise<Section> {
  const { yardsticks, folder } = context;
  const native = await openPolicy({ name: "onnx", threads: context.threads.at(-1)! });
  const jax = await openPolicy({ name: "jax", threads: 1 });
  const rows: Row[] = [];
  let counted = "";
  const total = batchNames.length;
  try {
    for (const [done, batch] of batchNames.entries()) {
      context.progress({ step: "same numbers", done, total });
      const { data } = await batchOf(native, batch);
      const ours = await compute(native, batch, folder);
      rows.push({ batch, other: "jax", ...difference(ours, await compute(jax, batch, folder)) });
      for (const yardstick of yardsticks.slice(-1)) {
        for (const compiled of batch === "oppo-both" ? [false] : [false, true]) {
          const file = join(folder, `computed-${batch}.safetensors`);
          const request = { do: "gradients", name: batch, compiled, file };
          const other = compiled ? "PyTorch, compiled" : "PyTorch, eager";
          try {
            await yardstick.request(request);
            rows.push({ batch, other, ...difference(ours, readComputed(file, data)) });
          } catch (error) {
            context.say(`  ${batch}, ${other}: ${(error as Error).message}`);
          }
        }
      }
    }
    for (const yardstick of yardsticks.slice(-1)) {
      const { count } = await yardstick.request<{ count: number }>({ do: "flops", name: "sft" });
      counted = agreement(count);
    }
  } finally {
    await native.close();
    await jax.close();
  }
  context.progress({ step: "same numbers", done: total, total });
  const worst = (key: keyof Difference): number => Math.max(...rows.map((row) => row[key]));
  return {
    name: "parity",
    title: "The same work",
    markdown: [
      "Every side computes log-probs and gradients of the same batches at the same weights. Against the " +
        "onnx executor: largest difference of a log-prob (nats), of a gradient (share of the largest " +
        "gradient), and of the gradient's norm. A ReLU within rounding of zero may fall on either side: " +
        "then a single unit's gradient, and what lies below it, differs by one token's share.",
      markdownTable(
        ["batch", "other side", "log-prob", "gradient", "norm"],
        rows.map(({ batch, other, logprob, gradient, norm }) => [
          batch,
          other,
          ...[logprob, gradient, norm].map((value) => value.toExponential(1)),
        ]),
      ),
      counted,
    ]
      .filter(Boolean)
      .join("\n\n"),
    targets: (["logprob", "gradient", "norm"] as const).map((key) => ({
      goal: `${titles[key]} agree within ${tolerance[key]}`,
      measured: `worst ${worst(key).toExponential(1)}`,
      met: worst(key) <= tolerance[key],
    })),
    data: rows,
  };
}

async function batchOf(policy: Policy, batch: BatchName) {
  if (batch === "sft") return { data: demonstrations() };
  return { data: (await rlWork(policy, batch)).map(fullDatum) };
}

/** Log-probs and unclipped gradients at the exported weights. */
async function compute(policy: Policy, batch: BatchName, folder: string): Promise<Computed> {
  await policy.load(policyFolder(folder), { optimiser: "fresh" });
  const adam = { learningRate: 1e-6, clipNorm: 0 };
  if (batch === "sft") {
    const data = demonstrations();
    const logprobs = await policy.backward(data, likelihoodGradient(data));
    await policy.step(adam);
    return { logprobs, gradients: await gradientsAfterStep(policy, join(folder, "after")) };
  }
  const work = await rlWork(policy, batch);
  await rlUpdate(policy, batch, work, adam);
  return {
    logprobs: work.map(({ completion }) => completion.logprobs),
    gradients: await gradientsAfterStep(policy, join(folder, "after")),
  };
}

function agreement(counted: number): string {
  const data = demonstrations();
  const tokens = Math.max(...data.map((datum) => datum.tokens.length));
  const ours = trainingFlops(shape, { prompts: data.length, group: 1, tokens });
  return (
    `Operations of a cold-start step, padded as PyTorch pads it: ${(ours / 1e9).toFixed(2)} GFLOP by our ` +
    `formula, ${(counted / 1e9).toFixed(2)} by PyTorch's counter.`
  );
}
