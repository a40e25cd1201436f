import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { isAbsenceCue, statesAbsence } from "./absence.ts";
import type { CueExtractor, ExtractedCues } from "./extractors.ts";
import type { MepCue, MepItems, MepProbe, MepSample } from "./items.ts";
import { describeId, type MepCondition, type MepMask, probeId } from "./questions.ts";
import { type CueVectors, cosine, embedCues } from "./vectors.ts";
import { type AnswerParser, answerParsers, readYesNo, type YesNo } from "./yes-no.ts";

/** Cues of one modality on both sides; matched counts stand in the order of the thresholds. */
export interface MatchCounts {
  reference: number;
  predicted: number;
  matchedReference: number[];
  matchedPredicted: number[];
}

/** What one description amounts to. */
export interface Described {
  counts: Record<EvidenceModality, MatchCounts>;
  /** The text says that it can't see, or can't hear, anything. */
  absence: Record<EvidenceModality, boolean>;
}

/** One probe with what was read from its answers, by parser. A missing key was not answered. */
export interface ProbeReading extends Pick<MepProbe, "modality" | "kind"> {
  intact?: Record<AnswerParser, YesNo>;
  masked?: Record<AnswerParser, YesNo>;
}

export interface SampleObservation {
  id: string;
  congruent?: boolean;
  described: Partial<Record<MepCondition, Described>>;
  /** The full description against another sample's cues: what habit alone recovers. */
  shuffled?: Record<EvidenceModality, MatchCounts>;
  probes: ProbeReading[];
}

export interface ObserveTools {
  extractor: CueExtractor;
  embedder: Embedder;
  /** Cosines from which on cues match. */
  thresholds: readonly number[];
  mask: MepMask;
}

const mepConditions: readonly MepCondition[] = [
  "full",
  "visual-masked",
  "acoustic-masked",
  "text-only",
  "no-subtitle",
];

/**
 * Descriptions taken apart: by question id, with unit vectors of their cues and the references'.
 */
export interface ReadDescriptions {
  texts: ReadonlyMap<string, string>;
  cues: ReadonlyMap<string, ExtractedCues>;
  vectors: CueVectors;
}

/** Reads every description of every sample. */
export async function readDescriptions(
  items: MepItems,
  answers: ReadonlyMap<string, string>,
  tools: Pick<ObserveTools, "extractor" | "embedder" | "mask">,
): Promise<ReadDescriptions> {
  const texts = new Map<string, string>();
  const cues = new Map<string, ExtractedCues>();
  for (const sample of items.samples) {
    for (const condition of mepConditions) {
      const id = describeId(sample.id, condition, tools.mask);
      const text = answers.get(id);
      if (text === undefined) continue;
      texts.set(id, text);
      cues.set(id, claimsOf(await tools.extractor.extract(text)));
    }
  }
  const said = [...cues.values()].flatMap(({ visual, acoustic }) => [...visual, ...acoustic]);
  const references = items.samples.flatMap((sample) => [
    ...sample.cues.visual,
    ...sample.cues.acoustic,
  ]);
  return { texts, cues, vectors: await embedCues([...said, ...references], tools.embedder) };
}

/** What the answers to every sample amount to: out[sample], in the items' order. */
export function observe(
  items: MepItems,
  answers: ReadonlyMap<string, string>,
  read: ReadDescriptions,
  tools: Pick<ObserveTools, "thresholds" | "mask">,
): SampleObservation[] {
  const byId = new Map(items.samples.map((sample) => [sample.id, sample]));
  return items.samples.map((sample) => {
    const full = read.cues.get(describeId(sample.id, "full", tools.mask));
    const other = byId.get(sample.donors.shuffled)!;
    return {
      id: sample.id,
      ...(sample.congruent !== undefined && { congruent: sample.congruent }),
      described: described(sample, read, tools),
      ...(full !== undefined && {
        shuffled: countBoth(other.cues, full, read.vectors, tools.thresholds),
      }),
      probes: sample.probes.map((probe) => readProbe(sample, probe, answers, tools.mask)),
    };
  });
}

/** "The screen is black" is an honest answer to a black screen, not a claim about the person. */
function claimsOf(cues: ExtractedCues): ExtractedCues {
  const kept = (modality: EvidenceModality) =>
    cues[modality].filter(({ text }) => !isAbsenceCue(text, modality));
  return { ...cues, visual: kept("visual"), acoustic: kept("acoustic") };
}

function described(
  sample: MepSample,
  { texts, cues, vectors }: ReadDescriptions,
  { mask, thresholds }: Pick<ObserveTools, "thresholds" | "mask">,
): SampleObservation["described"] {
  const out: SampleObservation["described"] = {};
  for (const condition of mepConditions) {
    const id = describeId(sample.id, condition, mask);
    const text = texts.get(id);
    if (text === undefined) continue;
    out[condition] = {
      counts: countBoth(sample.cues, cues.get(id)!, vectors, thresholds),
      absence: {
        visual: statesAbsence(text, "visual"),
        acoustic: statesAbsence(text, "acoustic"),
      },
    };
  }
  return out;
}

function countBoth(
  reference: MepSample["cues"],
  predicted: ExtractedCues,
  vectors: CueVectors,
  thresholds: readonly number[],
): Record<EvidenceModality, MatchCounts> {
  const [visual, acoustic] = evidenceModalities.map((modality) =>
    countMatches(reference[modality], predicted[modality], vectors, thresholds),
  );
  return { visual: visual!, acoustic: acoustic! };
}

/** Does a cosine match? Equal texts may fall short of 1 by rounding. */
export const reaches = (value: number, threshold: number): boolean => value >= threshold - 1e-6;

/**
 * Many to one, as published: a cue counts as matched when its best cosine on the other side reaches
 * the threshold. Only cues of equal polarity match: "no smile" does not recover "a smile".
 */
export function countMatches(
  reference: readonly MepCue[],
  predicted: readonly MepCue[],
  vectors: CueVectors,
  thresholds: readonly number[],
): MatchCounts {
  const best = (from: readonly MepCue[], to: readonly MepCue[]) =>
    from.map((cue) => {
      const same = to.filter((other) => other.positive === cue.positive);
      return Math.max(-1, ...same.map((other) => cosine(cue.text, other.text, vectors)));
    });
  const reach = (values: readonly number[]) =>
    thresholds.map((threshold) => values.filter((value) => reaches(value, threshold)).length);
  return {
    reference: reference.length,
    predicted: predicted.length,
    matchedReference: reach(best(reference, predicted)),
    matchedPredicted: reach(best(predicted, reference)),
  };
}

function readProbe(
  sample: MepSample,
  probe: MepProbe,
  answers: ReadonlyMap<string, string>,
  mask: MepMask,
): ProbeReading {
  const intact = answers.get(probeId(sample.id, probe.id, null));
  const masked =
    probe.kind === "present" ? answers.get(probeId(sample.id, probe.id, mask)) : undefined;
  const read = (reply: string) =>
    Object.fromEntries(answerParsers.map((parser) => [parser, readYesNo(reply, parser)])) as Record<
      AnswerParser,
      YesNo
    >;
  return {
    modality: probe.modality,
    kind: probe.kind,
    ...(intact !== undefined && { intact: read(intact) }),
    ...(masked !== undefined && { masked: read(masked) }),
  };
}
