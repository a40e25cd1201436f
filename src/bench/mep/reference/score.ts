import { BenchError } from "../../../core/errors.ts";
import type { JoinedSeries } from "../../../core/ratio.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { type Estimates, estimateAll, seriesByMetric } from "./estimates.ts";
import type { CueExtractor } from "./extractors.ts";
import { type MepItems, mepItemsHash } from "./items.ts";
import { maskedMetrics } from "./masked-metrics.ts";
import type { MepMetric } from "./metric.ts";
import {
  observe,
  type ReadDescriptions,
  readDescriptions,
  type SampleObservation,
} from "./observe.ts";
import { probeMetrics } from "./probe-metrics.ts";
import { mepPromptsHash } from "./prompts.ts";
import {
  defaultQuestionOptions,
  describeId,
  type MepMask,
  type MepQuestionOptions,
  mepQuestions,
} from "./questions.ts";
import { claimCounts, utilizationMetrics } from "./utilization-metrics.ts";
import { answerParsers } from "./yes-no.ts";

/** One stored answer; its id is the question's. */
export interface MepAnswer {
  id: string;
  text: string;
}

export interface ScoreTools {
  /** Reads cues of answers; records say where it differs from the items' extractor. */
  extractor: CueExtractor;
  embedder: Embedder;
  thresholds?: readonly number[];
  /** The threshold that tables show. */
  headline?: number;
  questions?: MepQuestionOptions;
  /** Ids of the samples that were asked about, where these are a part of the items. */
  only?: ReadonlySet<string>;
  /** Ids of the questions that were asked, where these are not all that `questions` say. */
  asked?: ReadonlySet<string>;
  draws?: number;
  seed?: string;
}

/** Everything a number rests on; two scores compare when these agree. */
export interface MepProtocol {
  itemsHash: string;
  version: string;
  promptsHash: string;
  /** Of the reference cues, and of the answers' cues. */
  extractors: { reference: string; answers: string };
  /** Of absent probes, and of matching. */
  embedders: { items: string; matching: string };
  thresholds: readonly number[];
  headline: number;
  mask: MepMask;
  parsers: readonly string[];
  itemSeed: string;
  bootstrap: { draws: number; seed: string; level: 0.95 };
}

export interface MepScore {
  protocol: MepProtocol;
  samples: number;
  /**
   * `failed`: asked without an answer, left out of every number; `extra`: answers to no question.
   */
  counts: { asked: number; answered: number; failed: number; extra: number };
  /** First ids without an answer. */
  failedIds: string[];
  estimates: Estimates;
  /** Where the items know it: samples whose face and voice agree, and those where they conflict. */
  splits?: { congruent: Estimates; conflict: Estimates };
}

export const defaultThresholds: readonly number[] = [0.5, 0.6, 0.7];

/** Every metric at the given thresholds, in the order tables show them. */
export const mepMetrics = (thresholds: readonly number[] = defaultThresholds): MepMetric[] => [
  ...utilizationMetrics(thresholds),
  ...claimCounts,
  ...probeMetrics,
  ...maskedMetrics,
];

/** A score with what it was computed from. */
export interface ScoredAnswers {
  score: MepScore;
  /** Numerators and denominators of every metric over the samples: for paired differences. */
  series: Record<string, JoinedSeries>;
  /** Cues of every description. */
  read: ReadDescriptions;
}

/**
 * Scores stored answers on frozen items. Questions without answer are counted, never guessed.
 * @throws BenchError `MEP_ANSWERS_NONE` when no answer belongs to the items, `MEP_ANSWER_TWICE`,
 *   `MEP_HEADLINE`; SimilarityError of the embedder.
 */
export async function scoreMep(
  items: MepItems,
  answers: readonly MepAnswer[],
  tools: ScoreTools,
): Promise<MepScore> {
  return (await scoreAnswers(items, answers, tools)).score;
}

/**
 * `scoreMep` with the series behind its numbers and the cues that were read. @throws as `scoreMep`.
 */
export async function scoreAnswers(
  items: MepItems,
  answers: readonly MepAnswer[],
  tools: ScoreTools,
): Promise<ScoredAnswers> {
  const settings = settingsOf(tools);
  const { thresholds, bootstrap, questions } = settings;
  const only = tools.only ?? new Set(items.samples.map(({ id }) => id));
  const part = partOf(items, (id) => only.has(id));
  const byId = answersById(answers);
  // Answers about the other samples are no mistake, and no part of this score.
  const others = partOf(items, (id) => !only.has(id));
  if (others.samples.length > 0) for (const id of askedIds(others, questions)) byId.delete(id);
  const counts = count(tools.asked ?? askedIds(part, questions), byId);
  const matching = { thresholds, mask: questions.mask };
  const read = await readDescriptions(items, byId, { ...tools, ...matching });
  const observed = observe(items, byId, read, matching).filter(({ id }) => only.has(id));
  const metrics = mepMetrics(thresholds);
  const estimate = (samples: readonly SampleObservation[]) =>
    estimateAll(metrics, seriesByMetric(metrics, samples), bootstrap);
  const series = seriesByMetric(metrics, observed);
  const score = {
    protocol: protocolOf(items, tools, settings),
    samples: part.samples.length,
    ...counts,
    estimates: estimateAll(metrics, series, bootstrap),
    ...(items.samples.some(({ congruent }) => congruent !== undefined) && {
      splits: {
        congruent: estimate(observed.filter((sample) => sample.congruent === true)),
        conflict: estimate(observed.filter((sample) => sample.congruent === false)),
      },
    }),
  };
  return { score, series, read };
}

interface Settings {
  thresholds: readonly number[];
  headline: number;
  questions: MepQuestionOptions;
  bootstrap: { draws: number; seed: string };
}

function settingsOf(tools: ScoreTools): Settings {
  const { thresholds = defaultThresholds, headline = 0.6 } = tools;
  const { questions = defaultQuestionOptions, draws = 1000, seed = "bootstrap" } = tools;
  if (!thresholds.includes(headline)) {
    throw new BenchError("MEP_HEADLINE", `headline ${headline} is not among the thresholds`, {
      hint: `thresholds: ${thresholds.join(", ")}`,
    });
  }
  return { thresholds, headline, questions, bootstrap: { draws, seed } };
}

function protocolOf(
  items: MepItems,
  { extractor, embedder }: ScoreTools,
  { thresholds, headline, questions, bootstrap }: Settings,
): MepProtocol {
  return {
    itemsHash: mepItemsHash(items),
    version: items.version,
    promptsHash: mepPromptsHash,
    extractors: { reference: items.extractor, answers: extractor.id },
    embedders: { items: items.embedder, matching: embedder.id },
    thresholds,
    headline,
    mask: questions.mask,
    parsers: answerParsers,
    itemSeed: items.options.seed,
    bootstrap: { ...bootstrap, level: 0.95 },
  };
}

function answersById(answers: readonly MepAnswer[]): Map<string, string> {
  const byId = new Map<string, string>();
  for (const { id, text } of answers) {
    if (byId.has(id)) {
      throw new BenchError("MEP_ANSWER_TWICE", `question '${id}' is answered twice`, {
        hint: "keep one answer for each question",
      });
    }
    byId.set(id, text);
  }
  return byId;
}

const partOf = (items: MepItems, chosen: (id: string) => boolean): MepItems => ({
  ...items,
  samples: items.samples.filter(({ id }) => chosen(id)),
});

/** A text-only set is also scored on descriptions that were made elsewhere from the whole clip. */
function askedIds(items: MepItems, options: MepQuestionOptions): Set<string> {
  const { samples } = items;
  return new Set(
    samples.some(({ clip }) => clip !== undefined)
      ? mepQuestions(items, options).map(({ id }) => id)
      : samples.map(({ id }) => describeId(id, "full", options.mask)),
  );
}

function count(
  asked: ReadonlySet<string>,
  byId: ReadonlyMap<string, string>,
): Pick<MepScore, "counts" | "failedIds"> {
  const answered = [...byId.keys()].filter((id) => asked.has(id)).length;
  if (answered === 0) {
    const [given] = byId.keys();
    throw new BenchError("MEP_ANSWERS_NONE", "no answer belongs to a question of these items", {
      hint: `questions are named like '${[...asked][0]}', answers like '${given ?? "(none given)"}'`,
    });
  }
  const failed = [...asked].filter((id) => !byId.has(id));
  return {
    counts: {
      asked: asked.size,
      answered,
      failed: failed.length,
      extra: byId.size - answered,
    },
    failedIds: failed.slice(0, 20),
  };
}
