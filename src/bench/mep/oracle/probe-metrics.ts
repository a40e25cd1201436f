import { evidenceModalities } from "../../../cues/cue.ts";
import { affirms } from "../shared/affirmation.ts";
import type { ClipTally, Metric } from "./metric.ts";
import type { ProbeOutcome, StatementPair } from "./probe-outcome.ts";

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

/** How much likelier (nats) each statement gets than it is blind: a liking for a phrase cancels. */
const lift = (given: StatementPair, blind: StatementPair): StatementPair => ({
  present: given.present - blind.present,
  absent: given.absent - blind.absent,
});
const liftsPresent: Decide = ({ intact, blind }) => prefersPresent(lift(intact, blind));
const liftsHidden: Decide = ({ hidden, blind }) => prefersPresent(lift(hidden, blind));

const yesPresent: Decide = ({ intact, blind }) => Number(affirms(intact.present, blind.present));
const yesAbsent: Decide = ({ intact, blind }) => Number(affirms(intact.absent, blind.absent));
const yesHidden: Decide = ({ hidden, blind }) => Number(affirms(hidden.present, blind.present));

const onCongruent: Which = (_probe, clip) => clip.congruent;
const cross: Which = (probe) => probe.crossModal;

/** Paired probes with both polarities; all decided by log-prob. */
export const probeMetrics: readonly Metric[] = [
  probeMetric(
    "pair",
    "pairs, intact",
    "higher",
    "true statement gains more log-prob over blind than the false one about the same factor; chance 50",
    liftsPresent,
  ),
  probeMetric(
    "pair-raw",
    "pairs, raw",
    "higher",
    "true statement likelier than the false one, whatever the policy's liking for either phrase",
    ({ intact }) => prefersPresent(intact),
  ),
  ...evidenceModalities.map((modality) =>
    probeMetric(
      `pair-${modality}`,
      `pairs, ${modality}`,
      "higher",
      `true ${modality} statement gains more log-prob over blind than the false one; chance 50`,
      liftsPresent,
      (probe) => probe.modality === modality,
    ),
  ),
  probeMetric(
    "pair-hidden",
    "pairs, hidden",
    "neither",
    "true statement gains more over blind on congruent clips with the probed modality blank and the " +
      "other intact; above 50 is leakage from the other modality",
    liftsHidden,
    onCongruent,
  ),
  probeMetric(
    "pair-blind",
    "pairs, blind",
    "neither",
    "true statement likelier than the false one on congruent clips with both streams blank: the " +
      "policy's habits, and no lift",
    ({ blind }) => prefersPresent(blind),
    onCongruent,
  ),
  probeMetric(
    "tempted",
    "tempted, intact",
    "lower",
    "conflict clips: false statement that fits the other modality's emotion gains more log-prob over " +
      "blind than the true one",
    (probe) => 1 - liftsPresent(probe),
    cross,
  ),
  probeMetric(
    "tempted-raw",
    "tempted, raw",
    "lower",
    "conflict clips: that false statement likelier than the true one, whatever the policy's liking for either phrase",
    ({ intact }) => 1 - prefersPresent(intact),
    cross,
  ),
  probeMetric(
    "tempted-hidden",
    "tempted, hidden",
    "lower",
    "the gain compared with the probed modality blank: only the other modality can decide",
    (probe) => 1 - liftsHidden(probe),
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
