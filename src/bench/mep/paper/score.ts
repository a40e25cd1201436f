import { estimateJoined, seriesOf } from "../../../core/ratio.ts";
import type { Embedder } from "../../../similarity/port.ts";
import type { MetricResult } from "../../ask/result.ts";
import type { ExtractedCues } from "../reference/extractors.ts";
import { embedCues } from "../reference/vectors.ts";
import type { PaperItems } from "./items.ts";
import { type PaperMetric, paperMetrics } from "./metrics.ts";
import { observePaper, type PaperObservation } from "./observe.ts";
import type { PaperMask } from "./questions.ts";

export interface PaperScored {
  set: string;
  metric: MetricResult;
}

export interface PaperScoreOptions {
  embedder: Embedder;
  threshold: number;
  mask: PaperMask;
  /** Ids of the samples that were asked about, where these are a part of the items. */
  only?: ReadonlySet<string>;
  draws?: number;
  seed?: string;
}

/**
 * Every number of the track, in percent, with its interval over samples. `cues`: of the generated
 * thinking, by sample; `texts`: answers to probes, by question.
 * @throws SimilarityError of the embedder.
 */
export async function scorePaper(
  items: PaperItems,
  answers: { cues: ReadonlyMap<string, ExtractedCues>; texts: ReadonlyMap<string, string> },
  { embedder, threshold, mask, only, draws = 1000, seed = "bootstrap" }: PaperScoreOptions,
): Promise<PaperScored[]> {
  const said = [...answers.cues.values()].flatMap((one) => [...one.visual, ...one.acoustic]);
  const references = items.samples.flatMap(({ cues }) => [...cues.visual, ...cues.acoustic]);
  const vectors = await embedCues(
    answers.cues.size === 0 ? [] : [...references, ...said],
    embedder,
  );
  const observed = observePaper(items, { ...answers, vectors }, { threshold, mask }).filter(
    ({ id }) => only?.has(id) ?? true,
  );
  return paperMetrics.map((one) => ({
    set: one.set,
    metric: estimated(one, observed, { draws, seed }),
  }));
}

function estimated(
  { id, label, better, part }: PaperMetric,
  samples: readonly PaperObservation[],
  bootstrap: { draws: number; seed: string },
): MetricResult {
  return {
    id,
    label,
    ...estimateJoined([seriesOf(samples.map(part))], "only", 100, bootstrap),
    unit: "percent",
    better,
  };
}
