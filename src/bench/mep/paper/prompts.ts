import { canonicalJson, sha256 } from "../../../core/files.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import { describePrompt, subtitleLine } from "../reference/prompts.ts";

const beginning: Readonly<Record<EvidenceModality, string>> = {
  visual: "Does the video show",
  acoustic: "Does the audio contain",
};

/** The printed wording, and our request for one word, which the paper does not print. */
export const paperProbePrompt = (
  modality: EvidenceModality,
  cue: string,
  subtitle?: string,
): string =>
  `${subtitleLine(subtitle)}${beginning[modality]} ${cue.replace(/[\s.?!]+$/, "")}? Answer yes or no.`;

/** sha256 of all prompt texts. */
export const paperPromptsHash: string = sha256(
  canonicalJson([
    describePrompt("…"),
    paperProbePrompt("visual", "…"),
    paperProbePrompt("acoustic", "…"),
  ]),
);
