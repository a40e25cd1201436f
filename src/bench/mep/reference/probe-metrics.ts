import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { MepMetric, Part } from "./metric.ts";
import type { ProbeReading } from "./observe.ts";
import type { AnswerParser, YesNo } from "./yes-no.ts";

type Test = (probe: ProbeReading) => boolean;
type Asked = "intact" | "masked";

/** Share of probes that pass among those that count, summed over the probes of a sample. */
const probesPart =
  (counts: Test, passes: Test): Part =>
  (sample) => {
    const own = sample.probes.filter(counts);
    return [own.filter(passes).length, own.length];
  };

const said = (asked: Asked, parser: AnswerParser, what: YesNo): Test => {
  return (probe) => probe[asked]?.[parser] === what;
};
const answered =
  (asked: Asked, kind: ProbeReading["kind"] | "any", modality: EvidenceModality): Test =>
  (probe) =>
    probe.modality === modality &&
    (kind === "any" || probe.kind === kind) &&
    probe[asked] !== undefined;
const both: (a: Test, b: Test) => Test = (a, b) => (probe) => a(probe) && b(probe);

interface Kind {
  id: string;
  label: string;
  better: MepMetric["better"];
  group?: MepMetric["group"];
  about: string;
  part: (modality: EvidenceModality) => Part;
}

const strict = "strict-1";
const precursor = "precursor-v2";

const kinds: readonly Kind[] = [
  {
    id: "probe-masked",
    label: "masked, no",
    better: "higher",
    about: "a cue of the sample, its stream masked: answered no. Who always says no gets 100",
    part: (m) => probesPart(answered("masked", "present", m), said("masked", strict, "no")),
  },
  {
    id: "probe-present",
    label: "intact, yes",
    better: "higher",
    about: "the same cue with the stream intact: answered yes. Who always says no gets 0",
    part: (m) => probesPart(answered("intact", "present", m), said("intact", strict, "yes")),
  },
  {
    id: "probe-pair",
    label: "pair right",
    better: "higher",
    about: "yes with the stream and no without it. Constant answers get 0",
    part: (m) =>
      probesPart(
        both(answered("intact", "present", m), answered("masked", "present", m)),
        both(said("intact", strict, "yes"), said("masked", strict, "no")),
      ),
  },
  {
    id: "probe-absent",
    label: "absent, no",
    better: "higher",
    about: "a cue of another sample, unlike any of this one's, stream intact: answered no",
    part: (m) => probesPart(answered("intact", "absent", m), said("intact", strict, "no")),
  },
  {
    id: "yes-intact",
    label: "says yes, intact",
    better: "neither",
    about: "share of yes over present and absent cues with the stream intact",
    part: (m) => probesPart(answered("intact", "any", m), said("intact", strict, "yes")),
  },
  {
    id: "yes-masked",
    label: "says yes, masked",
    better: "lower",
    about: "share of yes with the probed stream masked",
    part: (m) => probesPart(answered("masked", "present", m), said("masked", strict, "yes")),
  },
  {
    id: "precursor-masked",
    label: "masked, no (precursor's parser)",
    better: "higher",
    group: "precursor",
    about: "as 'masked, no', answers read by the precursor's parser: letters 'no' anywhere will do",
    part: (m) => probesPart(answered("masked", "present", m), said("masked", precursor, "no")),
  },
  {
    id: "precursor-hallucination",
    label: "hallucination (precursor's parser)",
    better: "lower",
    group: "precursor",
    about: "share of yes to masked probes, read by the precursor's parser",
    part: (m) => probesPart(answered("masked", "present", m), said("masked", precursor, "yes")),
  },
];

const allMasked: Part = (sample) => {
  const own = sample.probes.filter(({ masked }) => masked !== undefined);
  return own.length === 0
    ? [0, 0]
    : [Number(own.every(({ masked }) => masked![precursor] === "no")), 1];
};

const unparseable: Part = (sample) => {
  const replies = sample.probes
    .flatMap(({ intact, masked }) => [intact, masked])
    .filter((reply) => reply !== undefined);
  return [replies.filter((reply) => reply[strict] === "unparseable").length, replies.length];
};

const rest = { unit: "percent", join: "only" } as const;

/** Yes/no probes: per modality, and the mean of the two without a suffix. */
export const probeMetrics: readonly MepMetric[] = [
  ...kinds.flatMap(({ id, label, better, about, part, group = "probes" }): MepMetric[] => [
    {
      id,
      label,
      group,
      unit: "percent",
      better,
      about: `${about}; mean of the modalities`,
      join: "mean",
      parts: evidenceModalities.map(part),
    },
    ...evidenceModalities.map(
      (m): MepMetric => ({
        ...rest,
        id: `${id}-${m}`,
        label: `${label}, ${m}`,
        group,
        better,
        about,
        parts: [part(m)],
      }),
    ),
  ]),
  {
    ...rest,
    id: "probe-unparseable",
    label: "unparseable",
    group: "probes",
    better: "lower",
    about: "replies to probes that the strict parser can't read; none of them is ever right",
    parts: [unparseable],
  },
  {
    ...rest,
    id: "precursor-samples",
    label: "samples right (precursor's parser)",
    group: "precursor",
    better: "higher",
    about: "share of samples with every masked probe answered no, read by the precursor's parser",
    parts: [allMasked],
  },
];
