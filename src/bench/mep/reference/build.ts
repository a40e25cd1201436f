import { BenchError } from "../../../core/errors.ts";
import { Rng } from "../../../core/rng.ts";
import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import type { Embedder } from "../../../similarity/port.ts";
import type { CueExtractor } from "./extractors.ts";
import {
  type MepCue,
  type MepItemOptions,
  type MepItems,
  type MepProbe,
  type MepSample,
  mepVersion,
} from "./items.ts";
import { type CueVectors, closest, embedCues } from "./vectors.ts";

/** One row of a reasoning data set. */
export interface ReferenceRow {
  id: string;
  /** Reference reasoning; may be empty where `cues` are given. */
  text: string;
  subtitle?: string;
  clip?: string;
  clipHash?: string;
  congruent?: boolean;
  /** Cues made elsewhere; the extractor is not asked then. */
  cues?: Record<EvidenceModality, MepCue[]>;
}

export interface BuildTools {
  extractor: CueExtractor;
  embedder: Embedder;
}

export const defaultItemOptions: MepItemOptions = {
  seed: "mep",
  probes: 2,
  absentProbes: 2,
  absentBelow: 0.4,
};

/**
 * Builds an item set from reference texts, with no model under test in the loop: probes are drawn
 * by seed from cue lists alone. Same rows, tools and options give the same items, whatever the
 * rows' order.
 * @throws BenchError `ITEMS_EMPTY` below two usable rows, `ITEMS_DUPLICATE` for an id that stands
 *   twice.
 */
export async function buildMepItems(
  rows: readonly ReferenceRow[],
  source: MepItems["source"],
  tools: BuildTools,
  options: MepItemOptions = defaultItemOptions,
): Promise<MepItems> {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  refuseDuplicates(sorted);
  const left: MepItems["left"] = [];
  const bare: Omit<MepSample, "probes" | "donors">[] = [];
  for (const row of sorted) {
    const cues = row.cues ?? (await tools.extractor.extract(row.text));
    const own = { visual: cues.visual, acoustic: cues.acoustic };
    if (own.visual.length + own.acoustic.length === 0) {
      left.push({ id: row.id, reason: "no visual and no acoustic cue" });
    } else bare.push(bareSample(row, own));
  }
  if (bare.length < 2) {
    throw new BenchError("ITEMS_EMPTY", `${bare.length} of ${rows.length} rows have cues`, {
      file: source.name,
      hint: "two are the least: probes for absent cues come from other samples",
    });
  }
  const vectors = await embedCues(
    bare.flatMap(({ cues }) => [...cues.visual, ...cues.acoustic]),
    tools.embedder,
  );
  const rng = new Rng(`mep-items/${options.seed}`);
  return {
    version: mepVersion,
    source,
    extractor: tools.extractor.id,
    embedder: tools.embedder.id,
    options,
    samples: bare.map((sample) => completed(sample, bare, vectors, options, rng.fork(sample.id))),
    left,
  };
}

function refuseDuplicates(sorted: readonly ReferenceRow[]): void {
  const twice = sorted.find((row, index) => row.id === sorted[index + 1]?.id);
  if (twice === undefined) return;
  throw new BenchError("ITEMS_DUPLICATE", `two rows are called '${twice.id}'`, {
    hint: "answers are found by id: give every sample its own",
  });
}

type Bare = Omit<MepSample, "probes" | "donors">;

function bareSample(row: ReferenceRow, cues: MepSample["cues"]): Bare {
  return {
    id: row.id,
    ...(row.clip !== undefined && { clip: row.clip }),
    ...(row.clipHash !== undefined && { clipHash: row.clipHash }),
    ...(row.subtitle !== undefined && { subtitle: row.subtitle }),
    ...(row.congruent !== undefined && { congruent: row.congruent }),
    cues: {
      visual: cues.visual.map(({ text, positive }) => ({ text, positive })),
      acoustic: cues.acoustic.map(({ text, positive }) => ({ text, positive })),
    },
  };
}

function completed(
  sample: Bare,
  all: readonly Bare[],
  vectors: CueVectors,
  options: MepItemOptions,
  rng: Rng,
): MepSample {
  const others = all.filter((other) => other.id !== sample.id);
  const probes = evidenceModalities.flatMap((modality) => [
    ...presentProbes(sample, modality, options.probes, rng.fork(`present/${modality}`)),
    ...absentProbes(sample, others, modality, vectors, options, rng.fork(`absent/${modality}`)),
  ]);
  const donor = (modality: EvidenceModality) => {
    const shuffled = rng.fork(`donor/${modality}`).shuffle(others);
    return unlike(probes, modality, shuffled, vectors, options.absentBelow).id;
  };
  return {
    ...sample,
    probes,
    donors: {
      visual: donor("visual"),
      acoustic: donor("acoustic"),
      shuffled: rng.fork("shuffled").pick(others).id,
    },
  };
}

/**
 * The first sample that shows none of the probed cues, so that "no" is right once its stream is
 * swapped in; it must say something of that modality, or nothing is known. The first of all where
 * there is none.
 */
function unlike(
  probes: readonly MepProbe[],
  modality: EvidenceModality,
  others: readonly Bare[],
  vectors: CueVectors,
  below: number,
): Bare {
  const asked = probes.filter((probe) => probe.kind === "present" && probe.modality === modality);
  const far = others.find(({ cues }) => {
    const texts = cues[modality].map(({ text }) => text);
    return texts.length > 0 && asked.every(({ cue }) => closest(cue, texts, vectors) < below);
  });
  return far ?? others[0]!;
}

/**
 * A cue can be asked about when it is affirmed and a phrase of 2 to 6 words, as the precursor's
 * cues are.
 */
export const askable = ({ text, positive }: MepCue): boolean => {
  const words = text.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu) ?? [];
  return positive && words.length >= 2 && words.length <= 6;
};

function presentProbes(
  sample: Bare,
  modality: EvidenceModality,
  count: number,
  rng: Rng,
): MepProbe[] {
  return rng
    .shuffle(sample.cues[modality].filter(askable))
    .slice(0, count)
    .map(({ text }, index) => ({
      id: `${modality}-present-${index + 1}`,
      modality,
      kind: "present",
      cue: text,
    }));
}

/**
 * At most one cue of each other sample, and none near to another chosen one. None at all where the
 * reference is silent about the modality: what it does not describe may well be there.
 */
function absentProbes(
  sample: Bare,
  others: readonly Bare[],
  modality: EvidenceModality,
  vectors: CueVectors,
  options: MepItemOptions,
  rng: Rng,
): MepProbe[] {
  const chosen: MepProbe[] = [];
  const near = sample.cues[modality].map(({ text }) => text);
  for (const other of near.length === 0 ? [] : rng.shuffle(others)) {
    if (chosen.length >= options.absentProbes) break;
    const far = other.cues[modality]
      .filter(askable)
      .filter(({ text }) => closest(text, near, vectors) < options.absentBelow);
    if (far.length === 0) continue;
    const cue = rng.pick(far).text;
    near.push(cue);
    const id = `${modality}-absent-${chosen.length + 1}`;
    chosen.push({ id, modality, kind: "absent", cue, from: other.id });
  }
  return chosen;
}
