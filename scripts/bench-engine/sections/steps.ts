/** Training steps on both executors and in PyTorch, interleaved round by round. */

import { openSides, type Piece, pieces } from "../contenders.ts";
import type { Context, Section, Target } from "../context.ts";
import { forwardFlops, trainingFlops } from "../flops.ts";
import { rlSteps } from "../rollouts.ts";
import { interleave, type Measured, repeats, type Turn } from "../rounds.ts";
import { median, ratio, spread } from "../statistics.ts";
import { demo, lengths, shape } from "../subject.ts";
import { markdownTable, shortNumber, times, withSpread } from "../table.ts";

const { prompts, group } = demo.rl;

const titles: Record<Piece, string> = {
  score: "log-probs",
  sft: "cold-start step",
  grpo: "GRPO update",
  "oppo-one": "OPPO update",
  "oppo-both": "OPPO update, both passes",
  sample: "sampling",
};

export async function steps(context: Context): Promise<Section> {
  const sides = await openSides(context);
  let measured: Measured;
  try {
    // piece by piece, so that the sides of a comparison follow each other within a round
    const turns = pieces.flatMap((piece) =>
      sides.flatMap(({ name, run }): Turn[] => {
        const work = run(piece);
        return work ? [{ name: turnName(piece, name), run: work }] : [];
      }),
    );
    // shapes are compiled, memory is reserved: not part of what is measured
    await interleave("steps, first time", turns, { rounds: 1, seconds: 0 }, context.progress);
    const { rounds, seconds } = context.limits;
    const limits = { rounds, seconds: seconds * pieces.length };
    measured = await interleave("steps", turns, limits, context.progress);
  } finally {
    for (const side of sides) await side.close();
  }
  const names = sides.map(({ name }) => name);
  const of = (piece: Piece, name: string): number[] => measured.get(turnName(piece, name)) ?? [];
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
    `Milliseconds: median of up to ${context.limits.rounds} rounds and their quartiles; a round is the fastest of ` +
      `${repeats} runs after one unmeasured (jax: one run). Log-probs and cold-start step: ` +
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
    "Achieved GFLOP/s, products only, padding not counted, and the share of what the large plain product " +
      "of the same side and threads reaches (ceiling, above):",
    markdownTable(
      ["", "log-probs", "cold-start step", "GRPO update"],
      names.map((name) => [
        name,
        ...(["score", "sft", "grpo"] as const).map((piece) =>
          achieved(operations(piece) / 1e6 / median(of(piece, name)), ceilingOf(context, name)),
        ),
      ]),
    ),
  ];
  return {
    name: "steps",
    title: "Training steps",
    markdown: markdown.filter(Boolean).join("\n\n"),
    targets: targets(threads, eager, of),
    data: Object.fromEntries(measured),
  };
}

/** "39 (52 %)"; without the share where nothing was run to compare with. */
function achieved(rate: number, ceiling: number | undefined): string {
  if (!Number.isFinite(rate)) return "";
  const share = ceiling === undefined ? "" : ` (${Math.round((100 * rate) / ceiling)} %)`;
  return `${shortNumber(rate)}${share}`;
}

/** Sides differ in how they run a step; the plain product of their threads is the same. */
function ceilingOf({ ceilings }: Context, side: string): number | undefined {
  const [library, threads] = side.split(", ");
  return ceilings.get(`${library!.split(" ")[0]}, ${threads}`);
}

const turnName = (piece: Piece, side: string): string => `${piece} / ${side}`;

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
    for (const piece of ["sft", "grpo", "oppo-one"] as const) {
      const goal = `${titles[piece]} at most 1.0× PyTorch eager, ${count} thr.`;
      if (eager.includes(base)) {
        const found = ratio(of(piece, ours), of(piece, base));
        out.push({ goal, measured: times(found), met: found.median <= 1 });
      } else out.push({ goal, measured: "" });
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
