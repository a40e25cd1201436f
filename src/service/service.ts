import { EndpointError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import { extractorId } from "../cues/decompose.ts";
import type { RewardOptions } from "../rewards/options.ts";
import { decomposeResult, evidenceResult, reasoningOf, rewardResult } from "./answers.ts";
import { inForm, type MakeScorer, refuseWithJudge, scorersOf } from "./forms.ts";
import type { ServiceMetrics } from "./metrics.ts";
import { paperRewardResult, referenceEvidenceResult } from "./paper-answers.ts";
import type { Parser } from "./parsing/parser.ts";
import type { RewardParts } from "./parts.ts";
import { decomposed, itemCues, type LabelMode, labelsOf } from "./references.ts";
import { RequestError } from "./request-error.ts";
import {
  inBatches,
  oneByOne,
  type ScoreEach,
  type ScoringOptions,
  sharedScorer,
} from "./scoring.ts";
import type { DecomposeResult } from "./wire/decompose.ts";
import type { EvidenceItem, EvidenceResult, ReferenceEvidenceResult } from "./wire/evidence.ts";
import type { RewardForm, Unit, Versions } from "./wire/fields.ts";
import type { PaperRewardResult } from "./wire/paper-rewards.ts";
import type { RewardItem, RewardResult } from "./wire/rewards.ts";
import { staying } from "./work/caller.ts";
import { createBreath, startEach } from "./work/yield-turn.ts";

/** Changes whenever an answer to the same request may. */
export const serviceVersion = "oppo-service-1";

/** The service without HTTP: wire items in, wire results out, same order. */
export interface RewardService {
  /** Of answers in the service's own form, or in another that a request asks for. */
  versions(form?: RewardForm): Versions;
  evidence: Answering<EvidenceItem, EvidenceResult>;
  /** Clauses that the reference picks. @throws RequestError SELECTOR_JUDGE. */
  referenceEvidence: Answering<EvidenceItem, ReferenceEvidenceResult>;
  rewards: Answering<RewardItem, RewardResult>;
  /** In the printed form. @throws RequestError FORM_JUDGE. */
  paperRewards: Answering<RewardItem, PaperRewardResult>;
  decompose: Answering<{ id: string; reference: string }, DecomposeResult>;
}

/** `signal`: of the caller; once it has aborted no more of the work is begun. */
type Answering<Item, Result> = (
  items: readonly Item[],
  unit: Unit,
  signal?: AbortSignal,
) => Promise<Result[]>;

export function createRewardService(
  parts: RewardParts & { parser: Parser; mostCues: number },
  scoring: ScoringOptions,
  metrics: ServiceMetrics,
): RewardService {
  const { reward, decomposer, judge, parser } = parts;
  const breathe = createBreath();
  const { oppo, paper } = scorersOf(parts, parser);
  const each = (make: MakeScorer): ScoreEach =>
    judge ? oneByOne(make, breathe) : inBatches(make, breathe, scoring.batch, metrics);
  const readers = { oppo: each(oppo), ...(paper && { paper: each(paper) }) };
  const scorer = sharedScorer(
    (form) => readers[form] ?? readers.oppo,
    scoring.cacheEntries,
    metrics,
  );
  const cuesOf = (item: EvidenceItem | RewardItem, index: number) => itemCues(item, index, parts);

  /** The reasoning of an item's text against its cues. */
  async function readEvidence(
    form: RewardForm,
    item: EvidenceItem,
    index: number,
    signal: AbortSignal,
  ) {
    const reference = await cuesOf(item, index);
    const response = `${thinkTag}${reasoningOf(item.text).text}</think>`;
    const [scored] = await scorer.score(
      form,
      [{ response, reference, labels: [] }],
      (error) => notJudged(error, `items[${index}].text`),
      signal,
    );
    return { reference, scored: scored! };
  }

  async function evidence(
    item: EvidenceItem,
    index: number,
    unit: Unit,
    signal: AbortSignal,
  ): Promise<EvidenceResult> {
    const reasoning = reasoningOf(item.text);
    const claims = await parser.claims(reasoning.text, reasoning.start, signal);
    if (item.reference === undefined && item.cues === undefined) {
      return evidenceResult(item.id, item.text, claims, null, unit);
    }
    const { scored } = await readEvidence("oppo", item, index, signal);
    const matches = scored.claims.map(({ match }) => match);
    return evidenceResult(item.id, item.text, claims, matches, unit);
  }

  /** Scores of items in a form, with the cues they were held against. */
  async function scoreAll(form: RewardForm, items: readonly RewardItem[], signal?: AbortSignal) {
    const labels = items.map((item, index) => labelsOf(item, index, labelMode(reward, form)));
    const references = await startEach(items, breathe, cuesOf, signal);
    const scored = await scorer.score(
      form,
      items.map(({ response }, i) => ({
        response,
        reference: references[i]!,
        labels: labels[i]!,
      })),
      (error, index) => notJudged(error, `items[${index}].response`),
      signal,
    );
    return items.map((item, i) => ({ item, cues: references[i]!, scored: scored[i]! }));
  }

  return {
    versions: (form = reward.form) => versionsOf(parts, form),
    evidence: (items, unit, signal = staying) =>
      startEach(items, breathe, (item, index) => evidence(item, index, unit, signal), signal),
    async referenceEvidence(items, unit, signal = staying) {
      refuseWithJudge(parts, "selector", "reference");
      const work = async (item: EvidenceItem, index: number) => {
        const { reference, scored } = await readEvidence("paper", item, index, signal);
        const shift = reasoningOf(item.text).start - thinkTag.length;
        return referenceEvidenceResult(item.id, item.text, reference, scored, shift, unit);
      };
      return startEach(items, breathe, work, signal);
    },
    async rewards(items, unit, signal) {
      const all = await scoreAll("oppo", items, signal);
      return all.map(({ item, cues, scored }) => rewardResult(item, cues, scored, unit));
    },
    async paperRewards(items, unit, signal) {
      refuseWithJudge(parts, "form", "paper");
      const all = await scoreAll("paper", items, signal);
      return all.map(({ item, cues, scored }) => paperRewardResult(item, cues, scored, unit));
    },
    decompose(items, unit, signal) {
      const work = async ({ id, reference }: { id: string; reference: string }, index: number) =>
        decomposeResult(id, reference, await decomposed(reference, index, decomposer), unit);
      return startEach(items, breathe, work, signal);
    },
  };
}

const thinkTag = "<think>";

/** The printed accuracy compares sets of words, whatever our own does. */
const labelMode = ({ accuracy }: RewardOptions, form: RewardForm): LabelMode =>
  form === "paper" ? "words" : accuracy.mode;

/** A judge's failure with the text that it is about; other errors are of no one text. */
function notJudged(error: unknown, path: string): unknown {
  if (!(error instanceof EndpointError)) return error;
  return new RequestError(502, error.code, `the text was not judged: ${error.message}`, {
    path,
    retryAfterSec: 5,
    cause: error,
  });
}

function versionsOf(
  { embedder, calibration, reward, decomposer, judge }: RewardParts,
  form: RewardForm,
): Versions {
  return {
    service: serviceVersion,
    extractor: extractorId,
    decomposer: decomposer.id,
    embedder: embedder.id,
    reward: sha256(canonicalJson({ reward: inForm(reward, form), calibration })).slice(0, 12),
    ...(judge && { judge: judge.id }),
  };
}
