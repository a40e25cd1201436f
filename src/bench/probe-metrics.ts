import { evidenceModalities } from "../cues/cue.ts";
import type { ClipTally, Metric } from "./metric.ts";
import type { ProbeOutcome, StatementPair } from "./probing.ts";

/**
 * A statement counts as affirmed when the input makes it at least 1.5 times as likely as it is with
 * both streams blank: the policy's habits and the phrase's length cancel.
 */
export const affirmationMarginNats = Math.log(1.5);

type Decide = (probe: ProbeOutcome) => number;
type Which = (probe: ProbeOutcome, clip: ClipTally) => boolean;

function probeMetric(
  id: string,
  label: string,
  better: Metric["better"],
  about: string,
  decide: Decide,
  which: Which = () => true,
): Metric {
  const asked = (clip: ClipTally) => clip.probes.filter((probe) => which(probe, clip));
  return {
    id,
    label,
    unit: "percent",
    better,
    nothing: "no probes",
    about,
    numerator: (clip) => asked(clip).reduce((total, probe) => total + decide(probe), 0),
    denominator: (clip) => asked(clip).length,
  };
}

/** 1 when the true statement is likelier, ½ for a tie: a policy that ignores the clip gets 50 %. */
const prefersPresent = ({ present, absent }: StatementPair): number =>
  present > absent ? 1 : present === absent ? 0.5 : 0;

const affirms = (given: number, blind: number): number =>
  Number(given > blind + affirmationMarginNats);
const yesPresent: Decide = ({ intact, blind }) => affirms(intact.present, blind.present);
const yesAbsent: Decide = ({ intact, blind }) => affirms(intact.absent, blind.absent);
const yesHidden: Decide = ({ hidden, blind }) => affirms(hidden.present, blind.present);

const onCongruent: Which = (_probe, clip) => clip.congruent;
const cross: Which = (probe) => probe.crossModal;

/** Paired probes with both polarities; all decided by log-prob. */
export const probeMetrics: readonly Metric[] = [
  probeMetric(
    "pair",
    "pairs, intact",
    "higher",
    "true statement likelier than the false one about the same factor; chance 50",
    ({ intact }) => prefersPresent(intact),
  ),
  ...evidenceModalities.map((modality) =>
    probeMetric(
      `pair-${modality}`,
      `pairs, ${modality}`,
      "higher",
      `true ${modality} statement likelier than the false one; chance 50`,
      ({ intact }) => prefersPresent(intact),
      (probe) => probe.modality === modality,
    ),
  ),
  probeMetric(
    "pair-hidden",
    "pairs, hidden",
    "neither",
    "the same on congruent clips with the probed modality blank and the other intact; above the " +
      "blind value is leakage from the other modality",
    ({ hidden }) => prefersPresent(hidden),
    onCongruent,
  ),
  probeMetric(
    "pair-blind",
    "pairs, blind",
    "neither",
    "the same with both streams blank: the policy's habits",
    ({ blind }) => prefersPresent(blind),
    onCongruent,
  ),
  probeMetric(
    "tempted",
    "tempted, intact",
    "lower",
    "conflict clips: false statement that fits the other modality's emotion likelier than the true one",
    ({ intact }) => 1 - prefersPresent(intact),
    cross,
  ),
  probeMetric(
    "tempted-hidden",
    "tempted, hidden",
    "lower",
    "the same with the probed modality blank: only the other modality can decide",
    ({ hidden }) => 1 - prefersPresent(hidden),
    cross,
  ),
  probeMetric(
    "yes-present",
    "yes to present",
    "higher",
    "true statements affirmed with full input (affirmed: 1.5 times likelier than blind)",
    yesPresent,
  ),
  probeMetric(
    "yes-absent",
    "yes to absent",
    "lower",
    "false statements affirmed with full input",
    yesAbsent,
  ),
  probeMetric(
    "yes-hidden",
    "yes to hidden",
    "lower",
    "true statements affirmed although their modality is blank",
    yesHidden,
  ),
  probeMetric(
    "yes-rate",
    "yes-rate",
    "neither",
    "statements affirmed with full input, half of which are true",
    (probe) => (yesPresent(probe) + yesAbsent(probe)) / 2,
  ),
  probeMetric(
    "pair-both",
    "both right",
    "higher",
    "pairs whose true statement is affirmed with full input and no longer when its modality is blank",
    (probe) => yesPresent(probe) * (1 - yesHidden(probe)),
  ),
];
