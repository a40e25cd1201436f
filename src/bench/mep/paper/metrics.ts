import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { PaperObservation, ProbeObservation, ProbeReply, Recalled } from "./observe.ts";

type Part = (sample: PaperObservation) => readonly [numerator: number, denominator: number];

/** A cue is recalled above this cosine, as printed. */
export const printedThreshold = 0.6;

/** A number of the track; the first of each set is the one that tables show. */
export interface PaperMetric {
  /** Column of the table. */
  set: string;
  id: string;
  label: string;
  better: "higher" | "lower" | "neither";
  part: Part;
}

const metric = (
  set: string,
  id: string,
  label: string,
  part: Part,
  better: PaperMetric["better"] = "higher",
): PaperMetric => ({ set, id, label, better, part });

type Counts = PaperObservation["recall"];

/** Over all cues of the given modalities. */
const cues =
  (
    of: (sample: PaperObservation) => Counts,
    hits: "recalled" | "within",
    modalities: readonly EvidenceModality[] = evidenceModalities,
  ): Part =>
  (sample) => {
    const counts: readonly Recalled[] = modalities.flatMap(
      (modality) => of(sample)?.[modality] ?? [],
    );
    const sum = (key: "cues" | "recalled" | "within") =>
      counts.reduce((total, one) => total + one[key], 0);
    return [sum(hits), sum("cues")];
  };

/** Each sample weighs the same. */
const bySample =
  (part: Part): Part =>
  (sample) => {
    const [numerator, denominator] = part(sample);
    return denominator === 0 ? [0, 0] : [numerator / denominator, 1];
  };

const own = ({ recall }: PaperObservation) => recall;
const recall = "cue recall";
const recallMetrics: readonly PaperMetric[] = [
  metric(recall, "recall", "share of all reference cues", cues(own, "recalled")),
  metric(recall, "recall-samples", "mean over samples", bySample(cues(own, "recalled"))),
  metric(recall, "recall-within", "by cues of the same modality alone", cues(own, "within")),
  metric(recall, "recall-visual", "visual cues", cues(own, "recalled", ["visual"])),
  metric(recall, "recall-acoustic", "acoustic cues", cues(own, "recalled", ["acoustic"])),
  metric(
    recall,
    "recall-other",
    "of another sample's cues: chance",
    cues(({ other }) => other, "recalled"),
    "neither",
  ),
];

/** Over the probes of one modality and kind that have every reply asked for. */
const probes =
  (
    modality: EvidenceModality,
    kind: ProbeObservation["kind"],
    needs: readonly ("masked" | "intact")[],
    right: (probe: ProbeObservation) => boolean,
  ): Part =>
  (sample) => {
    const asked = sample.probes.filter(
      (probe) =>
        probe.modality === modality &&
        probe.kind === kind &&
        needs.every((need) => probe[need] !== undefined),
    );
    return [asked.filter(right).length, asked.length];
  };

const says = (reply: ProbeReply | undefined, word: ProbeReply["read"]) => reply?.read === word;

function probeMetrics(modality: EvidenceModality): PaperMetric[] {
  const letter = modality === "visual" ? "V" : "A";
  const [acc, intact, pair, absent] = [
    `Acc@${letter}`,
    `intact ${letter}`,
    `pair ${letter}`,
    `absent ${letter}`,
  ];
  const masked = (right: (reply: ProbeReply) => boolean) =>
    probes(modality, "present", ["masked"], (probe) => right(probe.masked!));
  return [
    metric(
      acc,
      `acc-${letter}`,
      "masked, says no",
      masked((reply) => says(reply, "no")),
    ),
    metric(
      acc,
      `hallucinated-${letter}`,
      "masked, says yes: hallucination",
      masked((reply) => says(reply, "yes")),
      "lower",
    ),
    metric(
      acc,
      `unreadable-${letter}`,
      "masked, neither yes nor no",
      masked((reply) => says(reply, "unparseable")),
      "lower",
    ),
    metric(
      acc,
      `acc-precursor-${letter}`,
      "masked, no by the precursor's parser",
      masked(({ precursor }) => precursor === "no"),
    ),
    metric(
      intact,
      `intact-${letter}`,
      "same probes, says yes",
      probes(modality, "present", ["intact"], (probe) => says(probe.intact, "yes")),
    ),
    metric(
      pair,
      `pair-${letter}`,
      "no masked and yes intact",
      probes(
        modality,
        "present",
        ["masked", "intact"],
        (probe) => says(probe.masked, "no") && says(probe.intact, "yes"),
      ),
    ),
    metric(
      absent,
      `absent-${letter}`,
      "others' cues, says no",
      probes(modality, "absent", ["intact"], (probe) => says(probe.intact, "no")),
    ),
  ];
}

/** All numbers, set by set in the order of the table: the printed three, and what they lean on. */
export const paperMetrics: readonly PaperMetric[] = inOrder(
  [
    "cue recall",
    "Acc@V",
    "Acc@A",
    "intact V",
    "intact A",
    "pair V",
    "pair A",
    "absent V",
    "absent A",
  ],
  [...recallMetrics, ...probeMetrics("visual"), ...probeMetrics("acoustic")],
);

function inOrder(sets: readonly string[], metrics: readonly PaperMetric[]): PaperMetric[] {
  return sets.flatMap((set) => metrics.filter((one) => one.set === set));
}
