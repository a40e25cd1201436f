/**
 * What each objective costs: whole steps of the real trainer on rollouts of a policy that speaks.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { readJsonl } from "../../../src/core/jsonl.ts";
import { silent } from "../../../src/core/progress.ts";
import { type PresetName, presetNames } from "../../../src/loss/options.ts";
import { presets, resolveLossOptions } from "../../../src/loss/presets.ts";
import { readsClauses } from "../../../src/loss/reads.ts";
import type { Policy } from "../../../src/policy/port.ts";
import { createScorer, type Scorer } from "../../../src/rewards/scorer.ts";
import { systemLayout } from "../../../src/runs/layout.ts";
import { openEmbedder } from "../../../src/similarity/open.ts";
import { maskOptions } from "../../../src/trainer/options.ts";
import { trainRl } from "../../../src/trainer/train.ts";
import type { Context, Section } from "../context.ts";
import { type Speaker, speaker } from "../demo-policy.ts";
import { interleave } from "../rounds.ts";
import { median, ratio, spread } from "../statistics.ts";
import { type Spent, watched } from "../stopwatch.ts";
import { demo } from "../subject.ts";
import { markdownTable, shortNumber, times, withSpread } from "../table.ts";

interface Objective {
  preset: PresetName;
  /** Weight of the KL to the reference policy. */
  kl: number;
}

/** As in configs/demo.yaml. */
const klWeight = 0.05;
const objectives: readonly Objective[] = [
  ...presetNames.map((preset) => ({ preset, kl: 0 })),
  { preset: "none", kl: klWeight },
  { preset: "oppo-swap", kl: klWeight },
];
/** Step of which every objective repeats the same rollouts. */
const seeds = 3;
const nameOf = ({ preset, kl }: Objective): string => (kl > 0 ? `${preset}, KL` : preset);

interface Bench {
  context: Context;
  speaker: Speaker;
  policy: Policy;
  reference: Policy;
  scorer: Scorer;
  /** For presets whose evidence is clauses. */
  clauseScorer: Scorer;
  spent: Map<string, Spent[]>;
  tokens: number[];
}

export async function objectiveCosts(context: Context): Promise<Section> {
  const speaks = await speaker(context);
  const { embedder, calibration } = await openEmbedder(demo.embedder);
  const { reward } = demo.variants.oppo!;
  const bench: Bench = {
    context,
    speaker: speaks,
    policy: await speaks.open(),
    reference: await speaks.open(),
    scorer: createScorer({ embedder, calibration, options: reward }),
    clauseScorer: createScorer({ embedder, calibration, options: reward, clauses: true }),
    spent: new Map(objectives.map((objective) => [nameOf(objective), []])),
    tokens: [],
  };
  const turns = (seed: () => number) =>
    objectives.map((objective) => ({
      name: nameOf(objective),
      run: async () => [await step(bench, objective, seed())],
    }));
  try {
    const count = context.quick ? 1 : seeds;
    // every shape of every rollout batch is compiled first
    let warm = 0;
    await interleave(
      "objectives, compiling",
      turns(() => Math.floor(warm++ / objectives.length)),
      { rounds: count, seconds: Number.POSITIVE_INFINITY },
      context.progress,
    );
    for (const list of bench.spent.values()) list.length = 0;
    bench.tokens.length = 0;
    let turn = 0;
    const measured = await interleave(
      "objectives",
      turns(() => Math.floor(turn++ / objectives.length) % count),
      context.limits,
      context.progress,
    );
    return section(bench, measured);
  } finally {
    await bench.policy.close();
    await bench.reference.close();
    await embedder.close?.();
  }
}

/**
 * One step of `trainRl`; milliseconds as the trainer records them. The learning rate is too small
 * to move a float32 weight, so that every objective meets the same policy and, with one seed, the
 * same rollouts.
 */
async function step(bench: Bench, { preset, kl }: Objective, seed: number): Promise<number> {
  const { context, speaker, policy, reference } = bench;
  const scorer = readsClauses(presets[preset]) ? bench.clauseScorer : bench.scorer;
  const spent: Spent = new Map();
  const layout = systemLayout(join(context.folder, "objective"));
  rmSync(layout.root, { recursive: true, force: true });
  const swap = preset === "oppo-swap" || preset === "none";
  await trainRl({
    name: "bench",
    policy: watched(policy, spent),
    ...(kl > 0 ? { reference: watched(reference, spent, "reference ") } : {}),
    tokenizer: speaker.tokenizer,
    examples: speaker.examples,
    scorer,
    options: {
      ...demo.rl,
      steps: 1,
      learningRate: 1e-12,
      guards: { ...demo.rl.guards, canaryEffect: 0 },
    },
    // as in configs/ablation.yaml
    mask: maskOptions.parse({ mode: swap ? "swap" : "blank" }),
    loss: resolveLossOptions({ preset, reference: { weight: kl } }),
    reward: demo.variants.oppo!.reward,
    blank: speaker.blank,
    seed,
    layout,
    progress: silent,
    notice: context.say,
  });
  const [row] = readJsonl<{ seconds: number; tokens?: number }>(layout.metrics);
  bench.spent.get(nameOf({ preset, kl }))!.push(spent);
  if (row!.tokens !== undefined) bench.tokens.push(row!.tokens);
  return 1000 * row!.seconds;
}

function section({ context, spent }: Bench, measured: Map<string, number[]>): Section {
  const methods = [...new Set([...spent.values()].flat().flatMap((one) => [...one.keys()]))].filter(
    (method) => !["save", "load", "close"].includes(method),
  );
  const rows = objectives.map((objective) => {
    const name = nameOf(objective);
    const all = measured.get(name)!;
    const base = measured.get(nameOf({ preset: "none", kl: objective.kl }))!;
    const times = methods.map((method) =>
      median(spent.get(name)!.map((one) => one.get(method) ?? 0)),
    );
    const rest = median(all) - times.reduce((sum, value) => sum + value, 0);
    return { name, all, over: ratio(all, base), cells: [...times, rest].map(shortNumber) };
  });
  const over = (name: string) => rows.find((row) => row.name === name)!.over;
  return {
    name: "objectives",
    title: "Cost of each objective",
    markdown: [
      `Whole steps of the trainer as \`oppo demo\` runs them (${demo.rl.prompts} clips × ${demo.rl.group} ` +
        "rollouts: sampling, scoring with the Omni-Perception Reward, masked passes, loss, gradients, " +
        `optimiser), onnx, ${context.threads.at(-1)} threads, from a cold start of a few seconds that ` +
        "speaks the demo's language; the same rollouts for every objective. Ratio to plain GRPO (`none`) " +
        "with the same reward and the same KL. `attrib` needs both masked passes, the others hide one " +
        "stream of each clip in turn. Columns after the ratio: milliseconds in each call of the policy, " +
        "and the rest (scoring, loss, records).",
      markdownTable(
        ["objective", "step, ms", "ratio", ...methods, "rest"],
        rows.map(({ name, all, over, cells }) => [
          name,
          withSpread(spread(all)),
          times(over),
          ...cells,
        ]),
      ),
    ].join("\n\n"),
    targets: ["oppo-swap", "oppo-swap, KL"].map((name) => ({
      goal: `OPPO step at most 1.6× a GRPO step, in the trainer (${name})`,
      measured: times(over(name)),
      met: over(name).median <= 1.6,
    })),
    data: {
      steps: Object.fromEntries(measured),
      spent: Object.fromEntries(
        [...spent].map(([name, all]) => [name, all.map((one) => Object.fromEntries(one))]),
      ),
    },
  };
}
