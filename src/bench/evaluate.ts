import { BenchError } from "../core/errors.ts";
import { type ProgressListener, silent } from "../core/progress.ts";
import { type EvidenceModality, evidenceModalities } from "../cues/cue.ts";
import type { Policy } from "../policy/port.ts";
import type { Modality, Prompt } from "../prompt/prompt.ts";
import type { Tokenizer } from "../prompt/tokenizer.ts";
import { type Condition, conditions, type PromptSource, promptUnder } from "./conditions.ts";
import { tokenDrops } from "./drops.ts";
import { estimateRatio } from "./estimate.ts";
import { type Generation, generate, type Runner } from "./generate.ts";
import { contentHash, type ItemClip, type MepItems } from "./items.ts";
import type { ClipTally, Metric } from "./metric.ts";
import { metricScales, metrics } from "./metrics.ts";
import { type EvaluationOptions, evaluationOptions } from "./options.ts";
import type { Oracle } from "./oracle.ts";
import { runProbes } from "./probing.ts";
import { responseMetrics } from "./response-metrics.ts";
import type { ClipRecord, MepResult, ResponseRecord, SystemScores } from "./result.ts";
import { addResponse, emptyTally, readResponse, type Tally } from "./tally.ts";
import { exchangeStream, type Truth } from "./verdict.ts";

export interface EvaluationInput {
  /** Row's name in tables. */
  name: string;
  policy: Policy;
  tokenizer: Tokenizer;
  /** Clip id → prompt, for every clip of the items. */
  prompts: ReadonlyMap<string, Prompt>;
  items: MepItems;
  oracle: Oracle;
  /** One feature row of black frames, and of silence (`blankFeatures`). */
  blank: Readonly<Record<Modality, Float32Array>>;
  options?: Partial<EvaluationOptions>;
  progress?: ProgressListener;
}

/** What one condition gave: tallies and records per clip. */
interface Run {
  tallies: Tally[];
  records: ResponseRecord[][];
  generations: Generation[][];
}

/**
 * Runs a policy over frozen items: free responses with full, hidden and exchanged streams, paired
 * probes by log-prob, and floors. Every number carries a bootstrap interval over clips.
 * @throws BenchError `ORACLE_CHANGED` when the items were frozen with another lexicon, `PROMPT_MISSING`.
 */
export async function evaluateMep(input: EvaluationInput): Promise<MepResult> {
  const started = performance.now();
  const { items, oracle } = input;
  if (items.oracle !== oracle.id) {
    throw new BenchError("ORACLE_CHANGED", `items were frozen with oracle '${items.oracle}'`, {
      hint: `this is '${oracle.id}': evaluate with the corpus the items came from`,
    });
  }
  const options = evaluationOptions.parse(input.options ?? {});
  const runner: Runner = { ...input, options, progress: input.progress ?? silent };
  const source: PromptSource = input;
  const diagnosed = items.clips.slice(0, options.maskedClips ?? items.clips.length);

  const full = await run(runner, "full", items.clips, source, items, oracle);
  const other = new Map<Condition, Run>();
  for (const condition of conditions) {
    if (condition === "full") continue;
    other.set(condition, await run(runner, condition, diagnosed, source, items, oracle));
  }
  const probes = await runProbes(runner, items, diagnosed, source);
  const shown = items.clips.slice(0, options.recordClips);
  const first = full.generations.map((group) => group[0]!);
  const drops = await tokenDrops(runner, shown, first, source);

  const tallies = items.clips.map((clip, index): ClipTally => {
    const found: ClipTally["conditions"] = { full: full.tallies[index]! };
    for (const [condition, { tallies }] of other) {
      const tally = tallies[index];
      if (tally !== undefined) found[condition] = tally;
    }
    return { congruent: clip.congruent, conditions: found, probes: probes[index] ?? [] };
  });
  const records = items.clips.map((clip, index) => ({
    ...describe(clip, full.records[index]!, oracle),
    masked: Object.fromEntries(
      shown.includes(clip)
        ? [...other].flatMap(([condition, { records }]) =>
            records[index] === undefined ? [] : [[condition, records[index][0]!]],
          )
        : [],
    ),
    ...(drops[index] === undefined ? {} : { tokens: drops[index] }),
  }));

  return {
    ...scores(input.name, metrics, tallies, options),
    itemsHash: contentHash(items),
    rules: items.rules,
    policy: input.policy.id,
    settings: { ...options, maskedClips: diagnosed.length },
    controls: controls(input.name, full, other, items, oracle, options),
    clips: records,
    seconds: (performance.now() - started) / 1000,
  };
}

async function run(
  runner: Runner,
  condition: Condition,
  clips: readonly ItemClip[],
  source: PromptSource,
  items: MepItems,
  oracle: Oracle,
): Promise<Run> {
  const prompts = clips.map((clip) => promptUnder(condition, clip, source));
  const samples = condition === "full" ? runner.options.samplesPerClip : 1;
  const generations = await generate(runner, `responses, ${condition}`, prompts, samples);
  const byId = new Map(items.clips.map((clip) => [clip.id, clip]));
  const out: Run = { tallies: [], records: [], generations };
  clips.forEach((clip, index) => {
    const truth = truthUnder(condition, clip, byId, oracle);
    const tally = emptyTally();
    const records = generations[index]!.map(({ text, completion }) => {
      const record = readResponse(text, clip.label, truth, oracle);
      const truncated = completion.stop === "length";
      addResponse(
        tally,
        record,
        { tokens: completion.tokens.length, truncated },
        truth,
        oracle,
        clip,
      );
      return record;
    });
    out.tallies.push(tally);
    out.records.push(records);
  });
  return out;
}

/** What is true of the streams shown: with an exchanged stream, the donor's part of the truth. */
function truthUnder(
  condition: Condition,
  clip: ItemClip,
  byId: ReadonlyMap<string, ItemClip>,
  oracle: Oracle,
): Truth {
  const modality: EvidenceModality | undefined =
    condition === "video-swap" ? "visual" : condition === "audio-swap" ? "acoustic" : undefined;
  if (modality === undefined) return clip;
  return exchangeStream(clip, byId.get(clip.donors[modality])!, modality, oracle);
}

/** Floors: responses without input, and full-input responses scored against another clip. */
function controls(
  name: string,
  full: Run,
  other: ReadonlyMap<Condition, Run>,
  items: MepItems,
  oracle: Oracle,
  options: EvaluationOptions,
): SystemScores[] {
  const row = (label: string, tallies: readonly Tally[]) =>
    scores(
      `${name}, ${label}`,
      responseMetrics,
      items.clips.map((clip, index) => ({
        congruent: clip.congruent,
        conditions: tallies[index] === undefined ? {} : { full: tallies[index] },
        probes: [],
      })),
      options,
    );
  const index = new Map(items.clips.map((clip, at) => [clip.id, at]));
  const shuffled = items.clips.map((clip) => {
    const tally = emptyTally();
    const donor = index.get(clip.donors.shuffled)!;
    full.generations[donor]!.forEach(({ text, completion }) => {
      const record = readResponse(text, clip.label, clip, oracle);
      const size = { tokens: completion.tokens.length, truncated: completion.stop === "length" };
      addResponse(tally, record, size, clip, oracle);
    });
    return tally;
  });
  return [
    row("blind", other.get("blind")?.tallies ?? []),
    row("text-only", other.get("text-only")?.tallies ?? []),
    row("shuffled", shuffled),
  ];
}

function scores(
  name: string,
  catalogue: readonly Metric[],
  tallies: readonly ClipTally[],
  options: EvaluationOptions,
): SystemScores {
  const bootstrap = { draws: options.bootstrapDraws, seed: `bootstrap/${options.seed}` };
  const out: SystemScores = { name, estimates: {}, series: {} };
  for (const metric of catalogue) {
    const series = {
      numerator: tallies.map(metric.numerator),
      denominator: tallies.map(metric.denominator),
    };
    out.series[metric.id] = series;
    out.estimates[metric.id] = estimateRatio(series, metricScales[metric.id]!, bootstrap);
  }
  return out;
}

function describe(
  clip: ItemClip,
  responses: ResponseRecord[],
  oracle: Oracle,
): Omit<ClipRecord, "masked"> {
  const cues = evidenceModalities.flatMap((modality) =>
    clip.cues[modality].map((fact) => ({
      ...fact,
      modality,
      text: oracle.phrases(fact)[0] ?? `${fact.factor} ${fact.value}`,
    })),
  );
  const { id, congruent, label, emotion } = clip;
  return { id, congruent, label, emotion, cues, responses };
}
