import { type Cue, type CueModality, cueModalities, type Span } from "../../../cues/cue.ts";
import { decomposeReference, extractorId } from "../../../cues/decompose.ts";
import { descriptionOf } from "../../../cues/description.ts";
import { polarityOf } from "../../../cues/polarity.ts";
import { parseResponse } from "../../../cues/response.ts";
import type { MepCue } from "./items.ts";

/** A cue found in a text. */
export interface ExtractedCue extends MepCue {
  /** Where it stands in the text, where the extractor knows. */
  span?: Span;
}

export type ExtractedCues = Record<CueModality, ExtractedCue[]>;

/** Finds cues in a text: of a reference when items are built, of an answer when it is scored. */
export interface CueExtractor {
  /** Name and version, written into items and results. */
  readonly id: string;
  extract(text: string): ExtractedCues | Promise<ExtractedCues>;
}

/** Rules over words and sections; what the training reward uses as well. */
export const ruleExtractor: CueExtractor = {
  id: extractorId,
  extract(text) {
    const { cues } = decomposeReference(descriptionOf(text));
    return byModality((modality) => cues.filter((cue) => cue.modality === modality));
  },
};

const opening = /^(?:and|or|but|with|while|then|also|which|that|who|,|\s)+/i;
const section = /\b(?:in|from) the (video|audio|text|subtitles?)\b[,:]?|^(video|audio)\s*:/gi;
const conclusion =
  /^(?:based on|therefore|thus|so|hence|overall|taking|combin\w+|considering|face and voice|both express|they disagree)\b/i;

/**
 * Sections alone: what stands under "In the video" is visual and under "In the audio" acoustic, cut
 * at commas, "and" and full stops; conclusions and subtitles are left out. It shares no lexicon and
 * no rule with the reward's extractor, so what games one need not game the other; it reads no
 * unannounced cue.
 */
export const sectionExtractor: CueExtractor = {
  id: "sections-1",
  extract(text) {
    const described = descriptionOf(text);
    const reasoning = parseResponse(described).think?.text ?? described;
    const found: ExtractedCues = { visual: [], acoustic: [], emotion: [] };
    let open: "visual" | "acoustic" | null = null;
    for (const sentence of reasoning.split(/(?<=[.!?;。！？；])\s*|\n+/)) {
      if (conclusion.test(sentence.trim())) open = null;
      let rest = sentence;
      for (const match of sentence.matchAll(section)) {
        const name = (match[1] ?? match[2] ?? "").toLowerCase();
        open = name === "video" ? "visual" : name === "audio" ? "acoustic" : null;
        rest = sentence.slice(match.index + match[0].length);
      }
      if (open !== null) found[open].push(...phrases(rest, found[open]));
    }
    return found;
  },
};

/** Clauses of 2 to 14 words, each once. */
function phrases(sentence: string, known: readonly MepCue[]): MepCue[] {
  const seen = new Set(known.map(({ text }) => text.toLowerCase()));
  return sentence
    .split(/,|;|\band\b|\bwhile\b/i)
    .map((part) =>
      part
        .trim()
        .replace(opening, "")
        .replace(/[.!?。！？\s]+$/u, ""),
    )
    .filter((part) => {
      const words = part.split(/\s+/).length;
      const key = part.toLowerCase();
      return words >= 2 && words <= 14 && !/["“”]/.test(part) && !seen.has(key) && seen.add(key);
    })
    .map((text) => ({ text, positive: polarityOf(text) }));
}

function byModality(of: (modality: CueModality) => readonly Cue[]): ExtractedCues {
  const [visual, acoustic, emotion] = cueModalities.map((modality) =>
    of(modality).map(({ text, positive, span }) => ({ text, positive, span })),
  );
  return { visual: visual!, acoustic: acoustic!, emotion: emotion! };
}

/** Extractors by name, for settings. */
export const cueExtractors: Readonly<Record<string, CueExtractor>> = {
  rules: ruleExtractor,
  sections: sectionExtractor,
};
