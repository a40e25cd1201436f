/** Training steps on both executors and in PyTorch, interleaved round by round. */
import type { Policy } from "../../../src/policy/port.ts";
import type { Context, Section, Target } from "../context.ts";
import { policyFolder } from "../exchange.ts";
import { forwardFlops, trainingFlops } from "../flops.ts";
import { type RlStep, type RlWork, rlSteps, rlUpdate, rlWork } from "../rollouts.ts";
import { interleave, type Measured, type Turn, timed } from "../rounds.ts";
import { median, ratio, spread } from "../statistics.ts";
import {
  demo,
  demonstrations,
  type Engine,
  lengths,
  likelihoodGradient,
  openPolicy,
  randomPrompts,
  shape,
} from "../subject.ts";
import { markdownTable, shortNumber, times, withSpread } from "../table.ts";
import type { Yardstick } from "../yardstick.ts";

const pieces = ["score", "sft", ...rlSteps, "sample"] as const;
type Piece = (typeof pieces)[number];
const adam = { learningRate: 1e-6, clipNorm: 1 };
const { prompts, group } = demo.rl;

const titles: Record<Piece, string> = {
  score: "log-probs",
  sft: "cold-start step",
  grpo: "GRPO update",
  "oppo-one": "OPPO update",
  "oppo-both": "OPPO update, both passes",
  sample: "sampling",
};

interface Subject {
  name: string;
  close(): Promise<void>;
  /** Milliseconds of each repeat; undefined where this side has no such piece. */
  run(piece: Piece): (() => Promise<number[]>) | undefined;
}

export async function steps(context: Context): Promise<Section> {
  const subjects = await openSubjects(context);
  const measured = new Map<Piece, Measured>();
  try {
    for (const piece of pieces) {
      const turns = subjects.flatMap(({ name, run }): Turn[] => {
        const work = run(piece);
        return work ? [{ name, run: work }] : [];
      });
      // shapes are compiled, memory is reserved: not part of what is measured
      for (const { run } of turns) await run();
      measured.set(piece, await interleave(titles[piece], turns, context.limits, context.progress));
    }
  } finally {
    for (const subject of subjects) await subject.close();
  }
  const names = subjects.map(({ name }) => name);
  const of = (piece: Piece, name: string): number[] => measured.get(piece)?.get(name) ?? [];
  const eager = names.filter((name) => name.startsWith("PyTorch eager"));
  const threads = context.threads;
  const ratios = threads.flatMap((count) => {
    const base = `PyTorch eager, ${count} thr.`;
    if (!eager.includes(base)) return [];
    return [`onnx, ${count} thr.`, `PyTorch compiled, ${count} thr.`]
      .filter((name) => names.includes(name))
      .map((name) => [
        `${name} / ${base}`,
        ...pieces.slice(0, -1).map((piece) => times(ratio(of(piece, name), of(piece, base)))),
      ]);
  });
  const head = pieces.map((piece) => titles[piece]);
  const markdown = [
    `Milliseconds: median of up to ${context.limits.rounds} rounds and their quartiles; a round is the median of three ` +
      "runs after one unmeasured. Log-probs and cold-start step: " +
      `${demo.sft.batch} clips with ${lengths.shortest} to ${lengths.longest} tokens. Updates (without ` +
      `sampling): ${prompts} clips × ${group} rollouts of such lengths, through the trainer's own code on ` +
      "our side; OPPO with the counterfactual loss, one stream of each clip swapped, or both in turn. " +
      `Sampling: ${prompts} × ${group} × ${lengths.mean} tokens.`,
    markdownTable(
      ["", ...head],
      names.map((name) => [name, ...pieces.map((piece) => withSpread(spread(of(piece, name))))]),
    ),
    ratios.length > 0
      ? "Ratio to PyTorch eager at the same threads, round by round (below 1: faster):"
      : `PyTorch was not run: ${context.withoutYardstick}.`,
    ratios.length > 0 ? markdownTable(["", ...head.slice(0, -1)], ratios) : "",
    "A whole step is sampling and update. Cost of the Omni-Perception Loss, as the ratio of whole steps:",
    markdownTable(
      ["", "GRPO step, ms", "OPPO step", "OPPO step, both passes"],
      names
        .filter((name) => of("sample", name).length > 0)
        .map((name) => {
          const [plain, one, both] = rlSteps.map((step) =>
            whole(of("sample", name), of(step, name)),
          );
          return [
            name,
            withSpread(spread(plain!)),
            times(ratio(one!, plain!)),
            times(ratio(both!, plain!)),
          ];
        }),
    ),
    "Achieved GFLOP/s, products only, padding not counted (see the ceiling below):",
    markdownTable(
      ["", "log-probs", "cold-start step", "GRPO update"],
      names.map((name) => [
        name,
        ...(["score", "sft", "grpo"] as const).map((piece) =>
          shortNumber(operations(piece) / 1e6 / median(of(piece, name))),
        ),
      ]),
    ),
  ];
  return {
    name: "steps",
    title: "Training steps",
    markdown: markdown.filter(Boolean).join("\n\n"),
    targets: targets(threads, eager, of),
    data: Object.fromEntries([...measured].map(([piece, all]) => [piece, Object.fromEntries(all)])),
  };
}

const whole = (sampling: readonly number[], update: readonly number[]): number[] =>
  update.map((value, round) => value + sampling[round]!);

function targets(
  threads: readonly number[],
  eager: readonly string[],
  of: (piece: Piece, name: string) => number[],
): Target[] {
  const out: Target[] = [];
  for (const count of threads) {
    const base = `PyTorch eager, ${count} thr.`;
    const ours = `onnx, ${count} thr.`;
    if (eager.includes(base)) {
      for (const piece of ["sft", "grpo", "oppo-one"] as const) {
        const found = ratio(of(piece, ours), of(piece, base));
        out.push({
          goal: `${titles[piece]} at most 1.0× PyTorch eager, ${count} thr.`,
          measured: times(found),
          met: found.median <= 1,
        });
      }
    }
    const sampling = of("sample", ours);
    const found = ratio(whole(sampling, of("oppo-one", ours)), whole(sampling, of("grpo", ours)));
    out.push({
      goal: `OPPO step at most 1.6× a GRPO step, random words, ${count} thr.`,
      measured: times(found),
      met: found.median <= 1.6,
    });
  }
  return out;
}

/** Work of a piece with the real lengths, operations. */
function operations(piece: "score" | "sft" | "grpo"): number {
  if (piece === "grpo") return trainingFlops(shape, { prompts, group, tokens: lengths.mean });
  const work = { prompts: demo.sft.batch, group: 1, tokens: lengths.mean };
  return piece === "sft" ? trainingFlops(shape, work) : forwardFlops(shape, work);
}

async function openSubjects(context: Context): Promise<Subject[]> {
  const engines: Engine[] = [
    ...context.threads.map((threads): Engine => ({ name: "onnx", threads })),
    { name: "jax" },
  ];
  const ours: Subject[] = [];
  for (const engine of engines) ours.push(await ourSubject(engine, context));
  return [
    ...ours,
    ...context.yardsticks.map((yardstick) => eagerSubject(yardstick)),
    ...(await compiledSubjects(context)),
  ];
}

async function ourSubject(engine: Engine, { folder }: Context): Promise<Subject> {
  const policy: Policy = await openPolicy(engine);
  await policy.load(policyFolder(folder), { optimiser: "fresh" });
  const batch = demonstrations();
  const gradient = likelihoodGradient(batch);
  const work = new Map<RlStep, RlWork>();
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
  const counts = engine.name === "jax" ? { warmups: 0, repeats: 1 } : { warmups: 1, repeats: 3 };
  return {
    name: engine.threads ? `${engine.name}, ${engine.threads} thr.` : `${engine.name}, 1 thr.`,
    close: () => policy.close(),
    run: (piece) => () => timed(doing[piece], counts),
  };
}

function eagerSubject(yardstick: Yardstick): Subject {
  return torchSubject(`PyTorch eager, ${yardstick.threads} thr.`, yardstick, false, (piece) => {
    return piece !== "sample";
  });
}

/** Only where torch.compile works here: it needs a C++ compiler. */
async function compiledSubjects(context: Context): Promise<Subject[]> {
  const compiled = ["sft", "grpo", "oppo-one"] as const;
  const out: Subject[] = [];
  for (const yardstick of context.yardsticks) {
    try {
      for (const [done, name] of compiled.entries()) {
        const step = `torch.compile, ${yardstick.threads} thr.`;
        context.progress({ step, done: done + 1, total: compiled.length });
        await yardstick.request({ do: "compile", name });
      }
      const name = `PyTorch compiled, ${yardstick.threads} thr.`;
      out.push(
        torchSubject(name, yardstick, true, (piece) =>
          (compiled as readonly string[]).includes(piece),
        ),
      );
    } catch (error) {
      context.say(`  torch.compile not run: ${(error as Error).message}`);
    }
  }
  return out;
}

function torchSubject(
  name: string,
  yardstick: Yardstick,
  compiled: boolean,
  has: (piece: Piece) => boolean,
): Subject {
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
        repeats: 3,
      };
      return async () => (await yardstick.request<{ ms: number[] }>(request)).ms;
    },
  };
}
