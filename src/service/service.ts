import { EndpointError } from "../core/errors.ts";
import { canonicalJson, sha256 } from "../core/files.ts";
import { extractClaims } from "../cues/claims.ts";
import { extractorId } from "../cues/decompose.ts";
import type { GroupOf } from "../rewards/accuracy.ts";
import type { RewardOptions } from "../rewards/options.ts";
import { createScorer } from "../rewards/scorer.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import { decomposeResult, evidenceResult, reasoningOf, rewardResult } from "./answers.ts";
import type { Decomposer } from "./decomposer/port.ts";
import type { ServiceMetrics } from "./metrics.ts";
import { cuesOf, decomposed, labelsOf } from "./references.ts";
import { RequestError } from "./request-error.ts";
import { inBatches, oneByOne, type ScoringOptions, sharedScorer } from "./scoring.ts";
import type { DecomposeResult } from "./wire/decompose.ts";
import type { EvidenceItem, EvidenceResult } from "./wire/evidence.ts";
import type { Unit, Versions } from "./wire/fields.ts";
import type { RewardItem, RewardResult } from "./wire/rewards.ts";
import { createBreath, startEach } from "./work/yield-turn.ts";

/** Changes whenever an answer to the same request may. */
export const serviceVersion = "oppo-service-1";

/** What decides rewards. */
export interface RewardParts {
  embedder: Embedder;
  calibration: Calibration;
  reward: RewardOptions;
  decomposer: Decomposer;
  /** Decides similarities in place of the embedder. */
  judge?: CueJudge | undefined;
  /** Groups of labels on an emotion wheel, where `reward.accuracy.wheel` names its files. */
  groupOf?: GroupOf | undefined;
}

/** The service without HTTP: wire items in, wire results out, same order. */
export interface RewardService {
  readonly versions: Versions;
  evidence(items: readonly EvidenceItem[], unit: Unit): Promise<EvidenceResult[]>;
  rewards(items: readonly RewardItem[], unit: Unit): Promise<RewardResult[]>;
  decompose(
    items: readonly { id: string; reference: string }[],
    unit: Unit,
  ): Promise<DecomposeResult[]>;
}

export function createRewardService(
  parts: RewardParts,
  scoring: ScoringOptions,
  metrics: ServiceMetrics,
): RewardService {
  const { embedder, calibration, reward, decomposer, judge, groupOf } = parts;
  const breathe = createBreath();
  const single = createScorer({
    embedder,
    calibration,
    options: reward,
    judge,
    groupOf,
    pause: breathe,
  });
  const scorer = sharedScorer(
    judge ? oneByOne(single) : inBatches(single, scoring.batch, metrics),
    scoring.cacheEntries,
    metrics,
  );
  async function evidence(item: EvidenceItem, index: number, unit: Unit): Promise<EvidenceResult> {
    const reasoning = reasoningOf(item.text);
    const claims = extractClaims(reasoning.text, reasoning.start);
    if (item.reference === undefined && item.cues === undefined) {
      return evidenceResult(item.id, item.text, claims, null, unit);
    }
    const reference = await cuesOf(item, index, decomposer);
    const response = `<think>${reasoning.text}</think>`;
    const [scored] = await scorer.score([{ response, reference, labels: [] }], (error) =>
      notJudged(error, `items[${index}].text`),
    );
    const matches = scored!.claims.map(({ match }) => match);
    return evidenceResult(item.id, item.text, claims, matches, unit);
  }

  return {
    versions: versionsOf(parts),
    evidence: (items, unit) =>
      startEach(items, breathe, (item, index) => evidence(item, index, unit)),
    async rewards(items, unit) {
      const labels = items.map((item, index) => labelsOf(item, index, reward.accuracy.mode));
      const references = await startEach(items, breathe, (item, index) =>
        cuesOf(item, index, decomposer),
      );
      const scored = await scorer.score(
        items.map(({ response }, i) => ({
          response,
          reference: references[i]!,
          labels: labels[i]!,
        })),
        (error, index) => notJudged(error, `items[${index}].response`),
      );
      return items.map((item, i) => rewardResult(item, references[i]!, scored[i]!, unit));
    },
    decompose: (items, unit) =>
      startEach(items, breathe, async ({ id, reference }, index) =>
        decomposeResult(id, reference, await decomposed(reference, index, decomposer), unit),
      ),
  };
}

/** A judge's failure with the text that it is about; other errors are of no one text. */
function notJudged(error: unknown, path: string): unknown {
  if (!(error instanceof EndpointError)) return error;
  return new RequestError(502, error.code, `the text was not judged: ${error.message}`, {
    path,
    retryAfterSec: 5,
    cause: error,
  });
}

function versionsOf({ embedder, calibration, reward, decomposer, judge }: RewardParts): Versions {
  return {
    service: serviceVersion,
    extractor: extractorId,
    decomposer: decomposer.id,
    embedder: embedder.id,
    reward: sha256(canonicalJson({ reward, calibration })).slice(0, 12),
    ...(judge && { judge: judge.id }),
  };
}
