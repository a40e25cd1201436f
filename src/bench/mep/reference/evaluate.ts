import { type ProgressListener, silent } from "../../../core/progress.ts";
import {
  type BootstrapOptions,
  type Difference,
  differenceJoined,
  type Estimate,
  type JoinedSeries,
} from "../../../core/ratio.ts";
import type { Policy } from "../../../policy/port.ts";
import type { Modality, Prompt } from "../../../prompt/prompt.ts";
import type { Tokenizer } from "../../../prompt/tokenizer.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { hiddenPrompt, promptUnder } from "../shared/conditions.ts";
import { type TokenDrop, tokenDrops } from "../shared/drops.ts";
import type { Generation, Runner, SamplingOptions } from "../shared/generate.ts";
import { answerEstimates, type IsRight, sameWord } from "./answer-metrics.ts";
import { type ClipRecord, clipRecord } from "./clip-record.ts";
import { type CueExtractor, ruleExtractor } from "./extractors.ts";
import { type MepItems, mepItemsHash } from "./items.ts";
import {
  answerProbes,
  contextsFor,
  describeUnder,
  type PolicyCondition,
  policyConditions,
} from "./policy-answers.ts";
import { defaultQuestionOptions, describeId, type MepMask } from "./questions.ts";
import { type MepScore, scoreAnswers } from "./score.ts";

/** How a policy is run over the items. */
export interface ReferenceEvaluationOptions extends SamplingOptions {
  /** How a stream is hidden, in descriptions and probes. */
  mask: MepMask;
  /** Clips whose response is kept with its log-prob drop per token. */
  recordClips: number;
  bootstrapDraws: number;
}

/** As `oppo bench mep` runs an embedded policy: greedy. */
const defaultEvaluation: ReferenceEvaluationOptions = {
  temperature: 0,
  maxTokens: 64,
  seed: "mep",
  chunk: 64,
  mask: defaultQuestionOptions.mask,
  recordClips: 8,
  bootstrapDraws: 1000,
};

export interface ReferenceEvaluation {
  /** Row's name in tables. */
  name: string;
  policy: Policy;
  tokenizer: Tokenizer;
  /** Clip id → prompt, for every sample of the items. */
  prompts: ReadonlyMap<string, Prompt>;
  /** One feature row of each stream showing nothing, as the prompts are scaled. */
  blank: Readonly<Record<Modality, Float32Array>>;
  items: MepItems;
  /** Matches claims with cues. */
  embedder: Embedder;
  /** Reads claims; default: the rules that training reads with. */
  extractor?: CueExtractor;
  /** Cosines from which a claim matches a cue, and the one that tables show. */
  thresholds?: readonly number[];
  headline?: number;
  /** Clip id → right answers. Clips without any are in no accuracy. */
  labels?: ReadonlyMap<string, readonly string[]>;
  /** Default: one of the labels, letter case apart. */
  isRight?: IsRight;
  options?: Partial<ReferenceEvaluationOptions>;
  progress?: ProgressListener;
}

/** What one policy reached on the items. Plain JSON. */
export interface ReferenceResult {
  name: string;
  /** Content hash of the items it was run on, and version of the rules. */
  itemsHash: string;
  rules: string;
  policy: string;
  settings: Record<string, number | string>;
  /**
   * MEP-Bench's own numbers with their protocol; `shuffled@…` is the floor of another sample's
   * cues.
   */
  score: MepScore;
  /**
   * All of the score's numbers, and those of the answers (`accuracy`, `format`, `tokens`,
   * `truncated`).
   */
  estimates: Record<string, Estimate>;
  /** What `estimates` are made of, over clips: see `compareReference`. */
  series: Record<string, JoinedSeries>;
  /**
   * Cue recall less what the same responses recall of another sample, at the headline threshold.
   */
  aboveFloor: Difference;
  /** Probes with a word that the policy does not know can't be asked; they count as not right. */
  probes: { questions: number; unaskable: number };
  clips: ClipRecord[];
  seconds: number;
}

/** Everything a policy did on the items. */
interface Observed {
  described: Map<PolicyCondition, Generation[]>;
  probes: Awaited<ReturnType<typeof answerProbes>>;
  drops: TokenDrop[][];
}

/**
 * Runs a policy over frozen items: a free response with both streams, with each hidden, and with
 * none; every probe by log-prob. Streams are hidden in the prompt, so no file is made. Every number
 * has a bootstrap interval over clips.
 * @throws BenchError `PROMPT_MISSING` naming the clip, `MEP_HEADLINE`; what policy and embedder
 *   throw.
 */
export async function evaluateReference(input: ReferenceEvaluation): Promise<ReferenceResult> {
  const started = performance.now();
  const { name, items, policy, embedder, extractor = ruleExtractor } = input;
  const options = { ...defaultEvaluation, ...input.options };
  const observed = await observe(input, options);
  const texts = [...observed.described].flatMap(([condition, generations]) =>
    generations.map(({ text }, index) => ({
      id: describeId(items.samples[index]!.id, condition, options.mask),
      text,
    })),
  );
  const answers = [...texts, ...observed.probes.answers];
  const bootstrap = { draws: options.bootstrapDraws, seed: `bootstrap/${options.seed}` };
  const { score, series, read } = await scoreAnswers(items, answers, {
    ...input,
    extractor,
    embedder,
    questions: { ...defaultQuestionOptions, mask: options.mask },
    asked: new Set(answers.map(({ id }) => id)),
    ...bootstrap,
  });
  const full = observed.described.get("full")!;
  const { labels = new Map(), isRight = sameWord } = input;
  const judged = answerEstimates(items, full, { labels, isRight }, bootstrap);
  const replies = new Map(answers.map(({ id, text }) => [id, text]));
  return {
    name,
    itemsHash: mepItemsHash(items),
    rules: items.version,
    policy: policy.id,
    settings: settingsOf(input, options, score),
    score,
    estimates: { ...score.estimates, ...judged.estimates },
    series: { ...series, ...judged.series },
    aboveFloor: aboveFloor(series, score.protocol.headline, bootstrap),
    probes: {
      questions: observed.probes.answers.length,
      unaskable: observed.probes.unaskable.length,
    },
    clips: items.samples.map((sample, index) =>
      clipRecord(sample, {
        answers: replies,
        read,
        threshold: score.protocol.headline,
        mask: options.mask,
        labels: labels.get(sample.id) ?? [],
        isRight,
        tokens: observed.drops[index],
      }),
    ),
    seconds: (performance.now() - started) / 1000,
  };
}

async function observe(
  input: ReferenceEvaluation,
  options: ReferenceEvaluationOptions,
): Promise<Observed> {
  const { policy, tokenizer, items, progress = silent } = input;
  const { samples } = items;
  // A sample's probes count as one more response.
  const total = samples.length * (policyConditions.length + 1);
  const step = "responses and probes";
  let done = 0;
  const advance = (count: number) => {
    done += count;
    progress({ step, done: Math.round(done), total });
  };
  const runner: Runner = { policy, tokenizer, options, advance };
  advance(0);
  const described: Observed["described"] = new Map();
  for (const condition of policyConditions) {
    described.set(condition, await describeUnder(condition, samples, runner, input, options.mask));
  }
  const probes = await answerProbes(samples, runner, input, options.mask);
  const read = samples.slice(0, options.recordClips).map((sample, index) => ({
    tokens: described.get("full")![index]!.completion.tokens,
    full: promptUnder("full", sample, input),
    visual: hiddenPrompt(sample, "video", dropMask(options.mask), input),
    acoustic: hiddenPrompt(sample, "audio", dropMask(options.mask), input),
  }));
  return { described, probes, drops: await tokenDrops(policy, tokenizer, read) };
}

/** Noise would be drawn anew for the drops: blank says the same without chance. */
const dropMask = (mask: MepMask): MepMask => (mask === "noise" ? "blank" : mask);

function settingsOf(
  { tokenizer }: ReferenceEvaluation,
  options: ReferenceEvaluationOptions,
  { protocol }: MepScore,
): ReferenceResult["settings"] {
  const context = contextsFor(tokenizer);
  return {
    ...options,
    headline: protocol.headline,
    "probe context, visual": context.visual,
    "probe context, acoustic": context.acoustic,
  };
}

function aboveFloor(
  series: Readonly<Record<string, JoinedSeries>>,
  headline: number,
  bootstrap: BootstrapOptions,
): Difference {
  const [recall, floor] = [series[`utilization@${headline}`]!, series[`shuffled@${headline}`]!];
  return differenceJoined(recall, floor, 100, bootstrap);
}
