import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { ExtractedCues } from "../reference/extractors.ts";
import type { MepProbe, MepSample } from "../reference/items.ts";
import { precursorYesNo } from "../reference/precursor.ts";
import { describeId, probeId } from "../reference/questions.ts";
import { type CueVectors, closest } from "../reference/vectors.ts";
import { strictYesNo, type YesNo } from "../reference/yes-no.ts";
import type { PaperItems } from "./items.ts";
import type { PaperMask } from "./questions.ts";

/** Reference cues, and how many of them were recalled. */
export interface Recalled {
  cues: number;
  /** By a generated cue of either modality. */
  recalled: number;
  /** By one of their own modality. */
  within: number;
}

export interface ProbeReply {
  read: YesNo;
  /** By the precursor's parser: whichever letters come first. */
  precursor: string;
}

export interface ProbeObservation {
  modality: EvidenceModality;
  kind: MepProbe["kind"];
  /** Undefined where no answer is there; absent cues are not asked masked. */
  masked?: ProbeReply;
  intact?: ProbeReply;
}

/** What one sample's answers come to. */
export interface PaperObservation {
  id: string;
  /** Undefined without a description. */
  recall?: Readonly<Record<EvidenceModality, Recalled>>;
  /** The same description against another sample's cues. */
  other?: Readonly<Record<EvidenceModality, Recalled>>;
  probes: readonly ProbeObservation[];
}

export interface PaperAnswers {
  /** Cues of the generated thinking, by sample. */
  cues: ReadonlyMap<string, ExtractedCues>;
  /** Answers to probes, by question. */
  texts: ReadonlyMap<string, string>;
  vectors: CueVectors;
}

/** A reference cue is recalled where its best cosine to a generated one exceeds `threshold`. */
export function observePaper(
  items: PaperItems,
  { cues, texts, vectors }: PaperAnswers,
  { threshold, mask }: { threshold: number; mask: PaperMask },
): PaperObservation[] {
  const samples = new Map(items.samples.map((sample) => [sample.id, sample]));
  return items.samples.map((sample) => {
    const said = cues.get(sample.id);
    const against = ({ cues: reference }: MepSample) =>
      recalledOf(reference, said!, vectors, threshold);
    const other = samples.get(sample.donors.shuffled);
    return {
      id: sample.id,
      ...(said !== undefined && { recall: against(sample) }),
      ...(said !== undefined && other !== undefined && { other: against(other) }),
      probes: sample.probes.map((probe) => observeProbe(sample, probe, texts, mask)),
    };
  });
}

function recalledOf(
  reference: MepSample["cues"],
  said: ExtractedCues,
  vectors: CueVectors,
  threshold: number,
): Record<EvidenceModality, Recalled> {
  const textsOf = (modality: EvidenceModality) => said[modality].map(({ text }) => text);
  const all = evidenceModalities.flatMap(textsOf);
  const of = (modality: EvidenceModality): Recalled => {
    const reached = (texts: readonly string[]) =>
      reference[modality].filter(({ text }) => closest(text, texts, vectors) > threshold).length;
    return {
      cues: reference[modality].length,
      recalled: reached(all),
      within: reached(textsOf(modality)),
    };
  };
  return { visual: of("visual"), acoustic: of("acoustic") };
}

function observeProbe(
  { id }: MepSample,
  { id: probe, modality, kind }: MepProbe,
  texts: ReadonlyMap<string, string>,
  mask: PaperMask,
): ProbeObservation {
  const reply = (question: string): ProbeReply | undefined => {
    const text = texts.get(question);
    if (text === undefined) return undefined;
    return { read: strictYesNo(text), precursor: precursorYesNo(text) };
  };
  const masked = kind === "present" ? reply(probeId(id, probe, mask)) : undefined;
  const intact = reply(probeId(id, probe, null));
  return { modality, kind, ...(masked && { masked }), ...(intact && { intact }) };
}

/** Question ids by the set of the result that their answers are in. */
export function questionsBySet(items: PaperItems, mask: PaperMask): Map<string, string[]> {
  const sets = new Map<string, string[]>();
  const add = (set: string, id: string) => sets.set(set, [...(sets.get(set) ?? []), id]);
  for (const sample of items.samples) {
    add("cue recall", describeId(sample.id, "full", mask));
    for (const { id, modality, kind } of sample.probes) {
      const letter = modality === "visual" ? "V" : "A";
      if (kind === "absent") add(`absent ${letter}`, probeId(sample.id, id, null));
      else {
        add(`Acc@${letter}`, probeId(sample.id, id, mask));
        add(`intact ${letter}`, probeId(sample.id, id, null));
      }
    }
  }
  return sets;
}
