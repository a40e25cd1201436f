import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";

/*
 * What a model under test is asked. Every text is part of the hash that results carry: other words,
 * other numbers.
 */

const stream: Readonly<Record<EvidenceModality, string>> = {
  visual: "the video show",
  acoustic: "the audio contain",
};

const describe =
  "What emotion does this person feel, and what shows it? First say inside <think></think> what you see " +
  "in the video, beginning with 'In the video,', what you hear in the audio, beginning with 'In the " +
  "audio,', and what that means. If you can't see or hear something, say so and describe nothing of it. " +
  "Then name the emotion inside <answer></answer>.";

const probe = (of: string, cue: string): string =>
  `Does ${of} this: "${cue}"? Judge by what you are given, not by what would be likely. ` +
  "Answer with one word, yes or no.";

/** The one description prompt; it does not say which streams are masked. */
export function describePrompt(subtitle?: string): string {
  return `${subtitleLine(subtitle)}${describe}`;
}

export function probePrompt(modality: EvidenceModality, cue: string, subtitle?: string): string {
  return `${subtitleLine(subtitle)}${probe(stream[modality], cue)}`;
}

export const subtitleLine = (subtitle: string | undefined): string =>
  subtitle === undefined || subtitle.trim() === "" ? "" : `Subtitle: "${subtitle.trim()}"\n`;

const ownProbe = /Does (the video show|the audio contain) this: "([\s\S]*)"\? Judge by/;
/** As the paper's track asks (`bench/mep/paper/prompts.ts`). */
const paperProbe = /Does (the video show|the audio contain) ([^\n]*)\? Answer yes or no\./;

/**
 * The cue a probe prompt of either track asks about; null for any other prompt. For models that
 * read no English.
 */
export function readProbePrompt(
  prompt: string,
): { modality: EvidenceModality; cue: string } | null {
  const match = ownProbe.exec(prompt) ?? paperProbe.exec(prompt);
  if (match === null) return null;
  return { modality: match[1] === stream.visual ? "visual" : "acoustic", cue: match[2]! };
}

/** sha256 of all prompt texts. */
export const mepPromptsHash: string = sha256(
  canonicalJson([describePrompt("…"), probePrompt("visual", "…"), probePrompt("acoustic", "…")]),
);
