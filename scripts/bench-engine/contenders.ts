/** The sides of the comparison of training steps: our executors, PyTorch eager and compiled. */
import type { Policy } from "../../src/policy/port.ts";
import type { TrainingRollout } from "../../src/trainer/rollout.ts";
import type { Context } from "./context.ts";
import { type RlStep, rlSteps, rlUpdate, rlWork } from "./rollouts.ts";
import { repeats, timed } from "./rounds.ts";
import {
  demo,
  demonstrations,
  type Engine,
  lengths,
  likelihoodGradient,
  openPolicy,
  randomPrompts,
} from "./subject.ts";
import { policyFolder } from "./torch-files.ts";
import type { Yardstick } from "./yardstick.ts";

/**
 * `score`: log-probs; `sft`: a cold-start step; updates leave sampling out, which is a piece of its
 * own.
 */
export const pieces = ["score", "sft", ...rlSteps, "sample"] as const;
export type Piece = (typeof pieces)[number];
const adam = { learningRate: 1e-6, clipNorm: 1 };
const { prompts, group } = demo.rl;

export interface Side {
  name: string;
  close(): Promise<void>;
  /** Milliseconds of each repeat; undefined where this side has no such piece. */
  run(piece: Piece): (() => Promise<number[]>) | undefined;
}

export async function openSides(context: Context): Promise<Side[]> {
  const several = context.threads.filter((threads) => threads > 1);
  const engines: Engine[] = [
    ...context.threads.map((threads): Engine => ({ name: "onnx", threads })),
    ...several.map((threads): Engine => ({ name: "onnx", threads, undivided: true })),
    ...context.threads.map((threads): Engine => ({ name: "jax", threads })),
  ];
  const ours: Side[] = [];
  for (const engine of engines) ours.push(await ourSide(engine, context));
  return [
    ...ours,
    ...context.yardsticks.map((yardstick) => eagerSide(yardstick)),
    ...(await compiledSides(context)),
  ];
}

async function ourSide(engine: Engine, { folder }: Context): Promise<Side> {
  const policy: Policy = await openPolicy(engine);
  await policy.load(policyFolder(folder), { optimiser: "fresh" });
  const batch = demonstrations();
  const gradient = likelihoodGradient(batch);
  const work = new Map<RlStep, TrainingRollout[]>();
  for (const step of rlSteps) work.set(step, await rlWork(policy, step));
  const clips = randomPrompts(prompts);
  let seed = 0;
  const doing: Record<Piece, () => Promise<unknown>> = {
    score: () => policy.logprobs(batch),
    sft: async () => {
      await policy.backward(batch, gradient);
      await policy.step(adam);
    },
    grpo: () => rlUpdate(policy, "grpo", work.get("grpo")!, adam),
    "oppo-one": () => rlUpdate(policy, "oppo-one", work.get("oppo-one")!, adam),
    "oppo-both": () => rlUpdate(policy, "oppo-both", work.get("oppo-both")!, adam),
    sample: () =>
      policy.sample(clips, {
        samplesPerPrompt: group,
        maxTokens: lengths.mean,
        temperature: 1,
        seed: seed++,
      }),
  };
  // jax-js is slow enough for one run to tell
  const counts = engine.name === "jax" ? { warmups: 0, repeats: 1 } : { warmups: 1, repeats };
  return {
    name: `${engine.name}, ${engine.threads} thr.${engine.undivided ? ", undivided" : ""}`,
    close: () => policy.close(),
    run: (piece) => () => timed(doing[piece], counts),
  };
}

function eagerSide(yardstick: Yardstick): Side {
  return torchSide(`PyTorch eager, ${yardstick.threads} thr.`, yardstick, false, (piece) => {
    return piece !== "sample";
  });
}

/** Only where torch.compile works here: it needs a C++ compiler. */
async function compiledSides(context: Context): Promise<Side[]> {
  const compiled = ["sft", "grpo", "oppo-one"] as const;
  const out: Side[] = [];
  for (const yardstick of context.yardsticks) {
    try {
      for (const [done, name] of compiled.entries()) {
        const step = `torch.compile, ${yardstick.threads} thr.`;
        context.progress({ step, done: done + 1, total: compiled.length });
        await yardstick.request({ do: "compile", name });
      }
      const name = `PyTorch compiled, ${yardstick.threads} thr.`;
      out.push(
        torchSide(name, yardstick, true, (piece) =>
          (compiled as readonly string[]).includes(piece),
        ),
      );
    } catch (error) {
      context.say(`  torch.compile not run: ${(error as Error).message}`);
    }
  }
  return out;
}

function torchSide(
  name: string,
  yardstick: Yardstick,
  compiled: boolean,
  has: (piece: Piece) => boolean,
): Side {
  return {
    name,
    close: async () => {},
    run: (piece) => {
      if (!has(piece)) return undefined;
      const request = {
        do: "time",
        piece: piece === "score" ? "score" : "step",
        name: piece === "score" ? "sft" : piece,
        compiled,
        warmups: 1,
        repeats,
      };
      return async () => (await yardstick.request<{ ms: number[] }>(request)).ms;
    },
  };
}
