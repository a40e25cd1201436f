import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { streamOf } from "../../../cues/streams.ts";
import { amount, type ClipTally, higher, lower, type Metric, noClaims, tallied } from "./metric.ts";
import type { Tally } from "./tally.ts";

interface HiddenAndShown {
  /**
   * Claims about hidden streams, the responses they were made in, and those expected at the sighted
   * rate.
   */
  hidden: number;
  responses: number;
  shown: number;
}

/** Both modalities' runs with a blank stream, and what full input brought on the same clip. */
function hiddenAndShown(clip: ClipTally): HiddenAndShown {
  const out: HiddenAndShown = { hidden: 0, responses: 0, shown: 0 };
  const full = clip.conditions.full;
  for (const modality of evidenceModalities) {
    const blank = clip.conditions[`${streamOf[modality]}-blank`];
    if (blank === undefined || full === undefined || full.responses === 0) continue;
    out.hidden += blank[modality].claims;
    out.responses += blank.responses;
    out.shown += (full[modality].claims / full.responses) * blank.responses;
  }
  return out;
}

const hiddenClaims: Metric[] = [
  {
    id: "hidden-claims",
    label: "claims about hidden stream",
    ...amount(
      "distinct claims per response about the stream that is blank (video or audio)",
      "lower",
    ),
    numerator: (clip) => hiddenAndShown(clip).hidden,
    denominator: (clip) => hiddenAndShown(clip).responses,
  },
  {
    id: "hidden-ratio",
    label: "claims hidden ÷ shown",
    ...lower("claims about a blank stream for every claim about it with full input", noClaims),
    numerator: (clip) => hiddenAndShown(clip).hidden,
    denominator: (clip) => hiddenAndShown(clip).shown,
  },
  ...evidenceModalities.map((modality) =>
    tallied(
      `${streamOf[modality]}-blank`,
      [`hidden-claims-${modality}`, `${modality} claims, ${streamOf[modality]} hidden`],
      amount(
        `distinct ${modality} claims per response when the ${streamOf[modality]} is blank`,
        "lower",
      ),
      (t) => t[modality].claims,
      (t) => t.responses,
    ),
  ),
];

/** Behaviour when a stream is exchanged for that of a clip with a third emotion. */
function swapMetrics(modality: EvidenceModality): Metric[] {
  const stream = streamOf[modality];
  const readable = (t: Tally) => t[modality].claims - t[modality].unreadable;
  const name = (id: string, label: string) =>
    [`${id}-${modality}`, `${label}, ${modality}`] as const;
  return [
    tallied(
      `${stream}-swap`,
      name("swap-follows", "follows a swap"),
      higher(
        `${modality} claims true of the donor whose ${stream} was shown, of all readable ones`,
        noClaims,
      ),
      (t) => t[modality].true,
      readable,
    ),
    tallied(
      `${stream}-swap`,
      name("swap-leak", "leak in a swap"),
      lower(
        `${modality} claims false of the donor that fit the remaining stream's emotion, minus those ` +
          "that would fit an emotion that neither shows, of all readable ones",
        noClaims,
      ),
      (t) => t[modality].cross - t[modality].third,
      readable,
    ),
    tallied(
      `${stream}-swap`,
      name("swap-stale", "stale in a swap"),
      lower(
        `${modality} claims false of the donor but true of the ${stream} taken away, of all readable ones`,
        noClaims,
      ),
      (t) => t[modality].stale,
      readable,
    ),
  ];
}

export const maskedMetrics: readonly Metric[] = [
  ...hiddenClaims,
  ...evidenceModalities.flatMap(swapMetrics),
];
