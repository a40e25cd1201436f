/**
 * What each objective costs: whole steps of the real trainer on rollouts of a policy that speaks.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { variantOptions } from "../../../src/config/schema.ts";
import {
  type VariantPresetName,
  variantPresetNames,
  variantPresets,
} from "../../../src/config/variant-presets.ts";
import { BenchError } from "../../../src/core/errors.ts";
import { readJsonl } from "../../../src/core/jsonl.ts";
import { silent } from "../../../src/core/progress.ts";
import { type LossOptions, type PresetName, presetNames } from "../../../src/loss/options.ts";
import { resolveLossOptions } from "../../../src/loss/presets.ts";
import { readsClauses } from "../../../src/loss/reads.ts";
import type { Policy } from "../../../src/policy/port.ts";
import type { RewardOptions } from "../../../src/rewards/options.ts";
import { createScorer, type Scorer } from "../../../src/rewards/scorer.ts";
import { systemLayout } from "../../../src/runs/layout.ts";
import { openEmbedder } from "../../../src/similarity/open.ts";
import {
  type MaskOptions,
  maskOptions,
  type RlOptions,
  rlOptionsOf,
} from "../../../src/trainer/options.ts";
import { trainRl } from "../../../src/trainer/train.ts";
import type { Context, Section } from "../context.ts";
import { type Speaker, speaker } from "../demo-policy.ts";
import { interleave } from "../rounds.ts";
import { median, ratio, spread } from "../statistics.ts";
import { processorTime, type Spent, watched } from "../stopwatch.ts";
import { demo } from "../subject.ts";
import { markdownTable, shortNumber, times, withSpread } from "../table.ts";

/** What a variant of an experiment says: all that a step's cost hangs on. */
interface Objective {
  name: string;
  /** Name of plain GRPO with the same reward, hence the same rollouts, and the same KL. */
  base: string;
  reward: RewardOptions;
  loss: LossOptions;
  mask: MaskOptions;
  rl: RlOptions;
}

/** As in configs/demo.yaml. */
const klWeight = 0.05;

/** Our reward with a preset of the loss; masks as in configs/ablation.yaml. */
function ours(preset: PresetName, kl = 0): Objective {
  const named = (of: PresetName) => (kl > 0 ? `${of}, KL` : of);
  const swap = preset === "oppo-swap" || preset === "none";
  return {
    name: named(preset),
    base: named("none"),
    reward: demo.variants["oppo-swap"]!.reward,
    loss: resolveLossOptions({ preset, reference: { weight: kl } }),
    mask: maskOptions.parse({ mode: swap ? "swap" : "blank" }),
    rl: demo.rl,
  };
}

/** A system of the paper, whole: reward, loss with its KL, mask by ratio, groups as in the demo. */
function printed(preset: VariantPresetName, change: { name?: string; mask?: object } = {}) {
  const { name = preset, mask = {} } = change;
  const { settings } = variantPresets[preset];
  const read = variantOptions.parse({ preset, mask: { ...settings.mask, ...mask } });
  const rl = rlOptionsOf(demo.rl, demo.variants["oppo-paper"]!.rl);
  return { name, base: "paper-reward", ...read, loss: resolveLossOptions(read.loss), rl };
}

const all: readonly Objective[] = [
  ...presetNames.filter((preset) => !preset.startsWith("paper")).map((preset) => ours(preset)),
  ours("none", klWeight),
  ours("oppo-swap", klWeight),
  ...variantPresetNames.map((preset) => printed(preset)),
  printed("paper", { name: "paper, passes in turn", mask: { passes: "alternate" } }),
];
/** Those asked for by name, with what they are held against. */
function chosen(names: readonly string[] | undefined): readonly Objective[] {
  if (!names) return all;
  const unknown = names.find((name) => !all.some((objective) => objective.name === name));
  if (unknown !== undefined) {
    throw new BenchError("OBJECTIVE_UNKNOWN", `no objective is called '${unknown}'`, {
      path: "--objectives",
      hint: `objectives: ${all.map(({ name }) => `'${name}'`).join(", ")}`,
    });
  }
  const asked = all.filter(({ name }) => names.includes(name));
  return all.filter(({ name }) => asked.some((each) => each.name === name || each.base === name));
}

/** Step of which every objective repeats the same rollouts. */
const seeds = 3;

interface Bench {
  context: Context;
  /** Says each thing once: every step is a first one. */
  notice: (text: string) => void;
  objectives: readonly Objective[];
  speaker: Speaker;
  policy: Policy;
  reference: Policy;
  /** Of each objective. */
  scorers: Map<string, Scorer>;
  spent: Map<string, Spent[]>;
  /** Milliseconds of processor time from sampling to the optimiser's step. */
  processor: Map<string, number[]>;
  /** Tokens a response at which the printed loss compares passes, by objective and step. */
  compared: Map<string, number[]>;
}

export async function objectiveCosts(context: Context): Promise<Section> {
  const objectives = chosen(context.objectives);
  const speaks = await speaker(context);
  const { embedder, calibration } = await openEmbedder(demo.embedder);
  const bench: Bench = {
    context,
    notice: once(context.say),
    objectives,
    speaker: speaks,
    policy: await speaks.open(),
    reference: await speaks.open(),
    scorers: new Map(
      objectives.map(({ name, reward, loss }) => {
        const clauses = reward.form === "paper" || readsClauses(loss);
        return [name, createScorer({ embedder, calibration, options: reward, clauses })];
      }),
    ),
    spent: new Map(objectives.map(({ name }) => [name, []])),
    processor: new Map(objectives.map(({ name }) => [name, []])),
    compared: new Map(objectives.map(({ name }) => [name, []])),
  };
  const turns = (seed: () => number) =>
    objectives.map((objective) => ({
      name: objective.name,
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
    for (const lists of [bench.spent, bench.processor, bench.compared]) {
      for (const list of lists.values()) list.length = 0;
    }
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

function once(say: (text: string) => void): (text: string) => void {
  const said = new Set<string>();
  return (text) => {
    if (!said.has(text)) say(text);
    said.add(text);
  };
}

/**
 * One step of `trainRl`; milliseconds as the trainer records them. The learning rate is too small
 * to move a float32 weight, so that every objective meets the same policy and, with one seed, the
 * same rollouts.
 */
async function step(bench: Bench, objective: Objective, seed: number): Promise<number> {
  const { context, speaker, policy, reference, scorers } = bench;
  const { name, reward, loss, mask, rl } = objective;
  const spent: Spent = new Map();
  const layout = systemLayout(join(context.folder, "objective"));
  rmSync(layout.root, { recursive: true, force: true });
  await trainRl({
    name: "bench",
    policy: processorTime(watched(policy, spent), "step", (ms) => {
      bench.processor.get(name)!.push(ms);
    }),
    ...(loss.reference.weight > 0 ? { reference: watched(reference, spent, "reference ") } : {}),
    tokenizer: speaker.tokenizer,
    examples: speaker.examples,
    scorer: scorers.get(name)!,
    options: {
      ...rl,
      steps: 1,
      learningRate: 1e-12,
      guards: { ...rl.guards, canaryEffect: 0 },
    },
    mask,
    loss,
    reward,
    blank: speaker.blank,
    seed,
    layout,
    progress: silent,
    notice: bench.notice,
  });
  const [row] = readJsonl<{ seconds: number; [metric: string]: number }>(layout.metrics);
  bench.compared.get(name)!.push(row!["paper/tokens"] ?? 0);
  bench.spent.get(name)!.push(spent);
  return 1000 * row!.seconds;
}

const goals = [
  { names: ["oppo-swap", "oppo-swap, KL"], most: 1.6 },
  { names: ["paper"], most: 1.7 },
] as const;

function section(
  { context, objectives, spent, processor, compared }: Bench,
  measured: Map<string, number[]>,
): Section {
  const methods = [...new Set([...spent.values()].flat().flatMap((one) => [...one.keys()]))].filter(
    (method) => !["save", "load", "close"].includes(method),
  );
  const rows = objectives.map(({ name, base: baseName }) => {
    const took = measured.get(name)!;
    const base = measured.get(baseName)!;
    const times = methods.map((method) =>
      median(spent.get(name)!.map((one) => one.get(method) ?? 0)),
    );
    const rest = median(took) - times.reduce((sum, value) => sum + value, 0);
    const work = ratio(processor.get(name)!, processor.get(baseName)!);
    return { name, took, over: ratio(took, base), work, cells: [...times, rest].map(shortNumber) };
  });
  return {
    name: "objectives",
    title: "Cost of each objective",
    markdown: [
      `Whole steps of the trainer as \`oppo demo\` runs them (${demo.rl.prompts} clips × ${demo.rl.group} ` +
        "rollouts: sampling, scoring with the Omni-Perception Reward, masked passes, loss, gradients, " +
        `optimiser), onnx, ${context.threads.at(-1)} threads, from a cold start of a few seconds that ` +
        "speaks the demo's language. Ratio, round by round, to plain GRPO with the same rollouts, the same " +
        "reward and the same KL: `none` for ours, `paper-reward` for the systems of OPPO's paper, which are " +
        "measured whole (reward, reference KL .04, groups of 4 from 16 clips, ratio masks, both masked " +
        "passes of every rollout but for the last row). `attrib` needs both masked passes, our others hide one stream of each clip in turn. " +
        "*Processor*: the same ratio of processor time, all threads together, from sampling to the " +
        "optimiser's step; others on the machine disturb it less. *Compared*: tokens a response at which the printed loss compares passes. Columns after it: " +
        "milliseconds in each call of the policy, and the rest (scoring, loss, records).",
      markdownTable(
        ["objective", "step, ms", "ratio", "processor", "compared", ...methods, "rest"],
        rows.map(({ name, took, over, work, cells }) => [
          name,
          withSpread(spread(took)),
          times(over),
          times(work),
          shortNumber(median(compared.get(name)!)),
          ...cells,
        ]),
      ),
    ].join("\n\n"),
    targets: goals.flatMap(({ names, most }) =>
      names.flatMap((name) => {
        const over = rows.find((row) => row.name === name)?.over;
        if (!over) return [];
        const goal = `OPPO step at most ${most}× a GRPO step, in the trainer (${name})`;
        return { goal, measured: times(over), met: over.median <= most };
      }),
    ),
    data: {
      steps: Object.fromEntries(measured),
      processor: Object.fromEntries(processor),
      spent: Object.fromEntries(
        [...spent].map(([name, all]) => [name, all.map((one) => Object.fromEntries(one))]),
      ),
    },
  };
}
