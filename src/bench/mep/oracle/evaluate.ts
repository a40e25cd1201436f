import { BenchError } from "../../../core/errors.ts";
import { type ProgressListener, silent } from "../../../core/progress.ts";
import { evidenceModalities } from "../../../cues/cue.ts";
import type { Policy } from "../../../policy/port.ts";
import type { Modality, Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import { type Condition, conditions, hiddenPrompt, promptUnder } from "../shared/conditions.ts";
import { type TokenDrop, tokenDrops } from "../shared/drops.ts";
import type { Generation, Runner } from "../shared/generate.ts";
import type { ItemClip, MepItems } from "./item.ts";
import { contentHash } from "./items.ts";
import type { ClipTally } from "./metric.ts";
import { metrics } from "./metrics.ts";
import { type EvaluationOptions, evaluationOptions } from "./options.ts";
import type { Oracle } from "./oracle.ts";
import type { ProbeOutcome } from "./probe-outcome.ts";
import { probeSituations, runProbes } from "./probing.ts";
import { type Responses, respondUnder } from "./respond.ts";
import type { ClipRecord, MepResult } from "./result.ts";
import { rulesHash, scoringRules } from "./rules.ts";
import { scoreControls, scoreTallies } from "./scores.ts";

/** The one step that progress reports name; its total covers all conditions and probes. */
export const evaluationStep = "responses and probes";

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

/** Everything a policy did on the items. */
interface Observed {
  full: Responses;
  /** Hidden and exchanged streams; only the first `maskedClips` clips. */
  masked: Map<Condition, Responses>;
  /** Likewise. */
  probes: ProbeOutcome[][];
  /** Only the first `recordClips` clips. */
  drops: TokenDrop[][];
}

/**
 * Runs a policy over frozen items: free responses with full, hidden and exchanged streams, paired
 * probes by log-prob, and floors. Every number carries a bootstrap interval over clips.
 * @throws BenchError `ORACLE_CHANGED` when the items were frozen with another lexicon,
 *   `RULES_CHANGED` with other scoring rules, `PROMPT_MISSING`, `PROBE_VOCABULARY`.
 */
export async function evaluateMep(input: EvaluationInput): Promise<MepResult> {
  const started = performance.now();
  const { name, items, oracle, policy } = input;
  if (items.oracle !== oracle.id) {
    throw new BenchError("ORACLE_CHANGED", `items were frozen with oracle '${items.oracle}'`, {
      hint: `this is '${oracle.id}': evaluate with the corpus the items came from`,
    });
  }
  if (items.rulesHash !== rulesHash()) {
    throw new BenchError(
      "RULES_CHANGED",
      `items were frozen with other rules than ${scoringRules}`,
      {
        hint: `the items say '${items.rules}': freeze them anew in a new run folder`,
      },
    );
  }
  const options = evaluationOptions.parse(input.options ?? {});
  const observed = await observe(input, options);
  const tallies = items.clips.map((clip, index) => tallyOf(clip, index, observed));
  return {
    ...scoreTallies(name, metrics, tallies, options),
    itemsHash: contentHash(items),
    rules: items.rules,
    policy: policy.id,
    settings: { ...options, maskedClips: observed.probes.length },
    controls: scoreControls(name, observed.full, observed.masked, input, options),
    clips: items.clips.map((clip, index) => recordOf(clip, index, observed, oracle)),
    seconds: (performance.now() - started) / 1000,
  };
}

async function observe(input: EvaluationInput, options: EvaluationOptions): Promise<Observed> {
  const { policy, tokenizer } = input;
  const { clips } = input.items;
  const diagnosed = clips.slice(0, options.maskedClips ?? clips.length);
  // Every other condition gives one response per clip; each probe situation counts as one more.
  const runs = conditions.length - 1 + probeSituations.length;
  const total = clips.length * options.samplesPerClip + diagnosed.length * runs;
  const runner: Runner<EvaluationOptions> = {
    policy,
    tokenizer,
    options,
    advance: counter(total, input.progress),
  };
  const full = await respondUnder("full", clips, runner, input, input);
  const masked: Observed["masked"] = new Map();
  for (const condition of conditions) {
    if (condition === "full") continue;
    masked.set(condition, await respondUnder(condition, diagnosed, runner, input, input));
  }
  const probes = await runProbes(runner, input.items, diagnosed, input);
  const shown = clips.slice(0, options.recordClips);
  const first = full.generations.map((group) => group[0]!);
  return { full, masked, probes, drops: await drops(input, options, shown, first) };
}

/** What hiding each stream takes from the tokens of one response per clip. */
function drops(
  input: EvaluationInput,
  { dropMask }: EvaluationOptions,
  clips: readonly ItemClip[],
  responses: readonly Generation[],
): Promise<TokenDrop[][]> {
  const read = clips.map((clip, index) => ({
    tokens: responses[index]!.completion.tokens,
    full: promptUnder("full", clip, input),
    visual: hiddenPrompt(clip, "video", dropMask, input),
    acoustic: hiddenPrompt(clip, "audio", dropMask, input),
  }));
  return tokenDrops(input.policy, input.tokenizer, read);
}

/** Reports 0 of `total`, and gives what adds to it. Shares of a clip add up to whole ones. */
function counter(total: number, progress: ProgressListener = silent): Runner["advance"] {
  let done = 0;
  progress({ step: evaluationStep, done, total });
  return (count) => {
    done += count;
    progress({ step: evaluationStep, done: Math.round(done), total });
  };
}

function tallyOf(clip: ItemClip, index: number, { full, masked, probes }: Observed): ClipTally {
  const counted: ClipTally["conditions"] = { full: full.tallies[index]! };
  for (const [condition, { tallies }] of masked) {
    const tally = tallies[index];
    if (tally !== undefined) counted[condition] = tally;
  }
  return { congruent: clip.congruent, conditions: counted, probes: probes[index] ?? [] };
}

function recordOf(clip: ItemClip, index: number, observed: Observed, oracle: Oracle): ClipRecord {
  const { full, masked, drops } = observed;
  const { id, congruent, label, emotion } = clip;
  const cues = evidenceModalities.flatMap((modality) =>
    clip.cues[modality].map((fact) => {
      const text = oracle.phrases(fact)[0] ?? `${fact.factor} ${fact.value}`;
      return { ...fact, modality, text };
    }),
  );
  const record = { id, congruent, label, emotion, cues, responses: full.records[index]! };
  const tokens = drops[index];
  if (tokens === undefined) return { ...record, masked: {} };
  const hidden = [...masked].flatMap(([condition, { records }]) => {
    const response = records[index]?.[0];
    return response === undefined ? [] : [[condition, response] as const];
  });
  return { ...record, tokens, masked: Object.fromEntries(hidden) };
}
