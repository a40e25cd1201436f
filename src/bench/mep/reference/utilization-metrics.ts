import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { type MepMetric, out, type Part, share } from "./metric.ts";
import type { MatchCounts, SampleObservation } from "./observe.ts";
import type { MepCondition } from "./questions.ts";

type Counts = (sample: SampleObservation) => MatchCounts | undefined;

const under =
  (condition: MepCondition, modality: EvidenceModality): Counts =>
  (sample) =>
    sample.described[condition]?.counts[modality];

const on =
  (counts: Counts, of: (counts: MatchCounts) => readonly [number, number]): Part =>
  (sample) => {
    const own = counts(sample);
    return own === undefined ? out : of(own);
  };

/** Samples whose reference has no cue are not counted; a description without cues recalls 0. */
const recall = (counts: Counts, at: number): Part =>
  on(counts, (own) => share(own.matchedReference[at]!, own.reference));
/**
 * Descriptions without cues are not counted; claims where the reference has none have precision 0.
 */
const precision = (counts: Counts, at: number): Part =>
  on(counts, (own) => share(own.matchedPredicted[at]!, own.predicted));
/** Counted where either side has cues; 0 where one has none. */
const f1 = (counts: Counts, at: number): Part =>
  on(counts, (own) => {
    if (own.reference + own.predicted === 0) return out;
    const r = own.reference === 0 ? 0 : own.matchedReference[at]! / own.reference;
    const p = own.predicted === 0 ? 0 : own.matchedPredicted[at]! / own.predicted;
    return [r + p === 0 ? 0 : (2 * r * p) / (r + p), 1];
  });
const recallMicro = (counts: Counts, at: number): Part =>
  on(counts, (own) => [own.matchedReference[at]!, own.reference]);
const precisionMicro = (counts: Counts, at: number): Part =>
  on(counts, (own) => [own.matchedPredicted[at]!, own.predicted]);

type Fields = Omit<MepMetric, "group" | "unit" | "join"> & Partial<MepMetric>;
const percent = (fields: Fields): MepMetric => ({
  group: "utilization",
  unit: "percent",
  join: "only",
  ...fields,
});

/** Metrics of cue recovery at every threshold; ids end in "@0.6". */
export function utilizationMetrics(thresholds: readonly number[]): MepMetric[] {
  return thresholds.flatMap((threshold, at) => {
    const id = (name: string) => `${name}@${threshold}`;
    const full = (modality: EvidenceModality) => under("full", modality);
    const shuffled: Record<EvidenceModality, Counts> = {
      visual: (sample) => sample.shuffled?.visual,
      acoustic: (sample) => sample.shuffled?.acoustic,
    };
    return [
      percent({
        id: id("utilization"),
        label: "utilization",
        better: "higher",
        about: "mean of visual and acoustic macro recall",
        join: "mean",
        parts: evidenceModalities.map((modality) => recall(full(modality), at)),
      }),
      percent({
        id: id("shuffled"),
        label: "utilization, other sample",
        better: "neither",
        group: "controls",
        about: "the same descriptions against another sample's cues: what habit alone recovers",
        join: "mean",
        parts: evidenceModalities.map((modality) => recall(shuffled[modality], at)),
      }),
      ...evidenceModalities.flatMap((modality) => ofModality(modality, full(modality), at, id)),
      ...controls(at, id),
    ];
  });
}

function ofModality(
  modality: EvidenceModality,
  full: Counts,
  at: number,
  id: (name: string) => string,
): MepMetric[] {
  return [
    percent({
      id: id(`recall-${modality}`),
      label: `recall, ${modality}`,
      better: "higher",
      about: `mean over samples of the share of ${modality} reference cues that a claim matches`,
      parts: [recall(full, at)],
    }),
    percent({
      id: id(`precision-${modality}`),
      label: `precision, ${modality}`,
      better: "higher",
      about: `mean over samples of the share of ${modality} claims that match a reference cue`,
      parts: [precision(full, at)],
    }),
    percent({
      id: id(`f1-${modality}`),
      label: `F1, ${modality}`,
      better: "higher",
      about: `mean over samples of the harmonic mean of ${modality} recall and precision`,
      parts: [f1(full, at)],
    }),
    percent({
      id: id(`recall-${modality}-micro`),
      label: `recall, ${modality}, micro`,
      better: "higher",
      about: `share of all ${modality} reference cues that a claim matches`,
      parts: [recallMicro(full, at)],
    }),
    percent({
      id: id(`precision-${modality}-micro`),
      label: `precision, ${modality}, micro`,
      better: "higher",
      about: `share of all ${modality} claims that match a reference cue`,
      parts: [precisionMicro(full, at)],
    }),
    percent({
      id: id(`f1-${modality}-micro`),
      label: `F1, ${modality}, micro`,
      better: "higher",
      about: `harmonic mean of micro recall and micro precision, ${modality}`,
      join: "harmonic",
      parts: [recallMicro(full, at), precisionMicro(full, at)],
    }),
  ];
}

/** Recall without streams, without subtitle, and of the modality that was hidden. */
function controls(at: number, id: (name: string) => string): MepMetric[] {
  const mean = (name: string, label: string, condition: MepCondition, about: string) =>
    percent({
      id: id(name),
      label,
      group: "controls",
      better: "neither",
      about,
      join: "mean",
      parts: evidenceModalities.map((modality) => recall(under(condition, modality), at)),
    });
  const hidden = (modality: EvidenceModality, condition: MepCondition) =>
    percent({
      id: id(`recall-hidden-${modality}`),
      label: `recall, ${modality} hidden`,
      group: "controls",
      better: "neither",
      about: `${modality} recall of descriptions made with that stream masked: guessed right`,
      parts: [recall(under(condition, modality), at)],
    });
  return [
    mean(
      "text-only",
      "utilization, text only",
      "text-only",
      "without any stream, with the subtitle where there is one: what can be guessed",
    ),
    mean(
      "no-subtitle",
      "utilization, no subtitle",
      "no-subtitle",
      "both streams, subtitle withheld; only samples that have one",
    ),
    hidden("visual", "visual-masked"),
    hidden("acoustic", "acoustic-masked"),
  ];
}

/** Claims per full description; recall means little without them. */
export const claimCounts: readonly MepMetric[] = evidenceModalities.map((modality) => ({
  id: `claims-${modality}`,
  label: `claims, ${modality}`,
  group: "utilization",
  unit: "count",
  better: "neither",
  about: `${modality} cues the extractor finds in a full description, on average`,
  join: "only",
  parts: [on(under("full", modality), (own) => [own.predicted, 1])],
}));
