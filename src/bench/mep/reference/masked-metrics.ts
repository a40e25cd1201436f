import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { type MepMetric, out, type Part, share } from "./metric.ts";
import type { Described } from "./observe.ts";
import type { MepCondition } from "./questions.ts";

const maskedCondition: Readonly<Record<EvidenceModality, MepCondition>> = {
  visual: "visual-masked",
  acoustic: "acoustic-masked",
};

const on =
  (condition: MepCondition, of: (own: Described) => readonly [number, number]): Part =>
  (sample) => {
    const own = sample.described[condition];
    return own === undefined ? out : of(own);
  };

const claims = ({ counts }: Described, modality: EvidenceModality): number =>
  counts[modality].predicted;
const allClaims = (own: Described): number => claims(own, "visual") + claims(own, "acoustic");

function ofModality(modality: EvidenceModality): MepMetric[] {
  const condition = maskedCondition[modality];
  const common = { group: "masked descriptions", join: "only" } as const;
  const percent = { ...common, unit: "percent" } as const;
  const shareIf = (test: (own: Described) => boolean): Part =>
    on(condition, (own) => (test(own) ? [claims(own, modality), allClaims(own)] : out));
  return [
    {
      ...percent,
      id: `masked-share-${modality}`,
      label: `hidden claims, ${modality}`,
      better: "lower",
      about: `of the visual and acoustic claims made with the ${modality} stream masked, the share that are ${modality}`,
      parts: [shareIf(() => true)],
    },
    {
      ...percent,
      id: `masked-share-${modality}-macro`,
      label: `hidden claims, ${modality}, macro`,
      better: "lower",
      about: "the same share per response, averaged over responses with any claim",
      parts: [on(condition, (own) => share(claims(own, modality), allClaims(own)))],
    },
    {
      ...common,
      unit: "count",
      id: `masked-claims-${modality}`,
      label: `hidden claims each, ${modality}`,
      better: "lower",
      about: `${modality} claims per response with that stream masked; 0 is right`,
      parts: [on(condition, (own) => [claims(own, modality), 1])],
    },
    {
      ...percent,
      id: `intact-share-${modality}`,
      label: `claims that are ${modality}`,
      better: "neither",
      about: `share of claims that are ${modality} with both streams intact: what masking should bring to 0`,
      parts: [on("full", (own) => [claims(own, modality), allClaims(own)])],
    },
    {
      ...percent,
      id: `masked-absence-${modality}`,
      label: `says it is missing, ${modality}`,
      better: "higher",
      about: `responses under the mask that say the ${modality} stream shows nothing`,
      parts: [on(condition, (own) => [Number(own.absence[modality]), 1])],
    },
    {
      ...percent,
      id: `intact-absence-${modality}`,
      label: `says it is missing, ${modality} intact`,
      better: "lower",
      about: "the same statement although the stream is intact",
      parts: [on("full", (own) => [Number(own.absence[modality]), 1])],
    },
    {
      ...percent,
      id: `masked-share-${modality}-stated`,
      label: `hidden claims, ${modality}, missing said`,
      better: "lower",
      about: "share of hidden claims among responses that say the stream is missing",
      parts: [shareIf(({ absence }) => absence[modality])],
    },
    {
      ...percent,
      id: `masked-share-${modality}-unstated`,
      label: `hidden claims, ${modality}, missing not said`,
      better: "lower",
      about: "share of hidden claims among responses that do not say so",
      parts: [shareIf(({ absence }) => !absence[modality])],
    },
  ];
}

/** What descriptions claim about a stream that was masked, unprompted. */
export const maskedMetrics: readonly MepMetric[] = evidenceModalities.flatMap(ofModality);
