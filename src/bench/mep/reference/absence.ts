import type { EvidenceModality } from "../../../cues/cue.ts";
import { sentences } from "../../../cues/sentences.ts";

const names: Readonly<Record<EvidenceModality, RegExp>> = {
  visual:
    /\b(?:video|visuals?|footage|screen|frames?|images?|pictures?|face|facial|see|seen|visible|look)\b/i,
  acoustic:
    /\b(?:audio|sounds?|acoustics?|voice|vocal|speech|tone|hear|heard|listen|audible|inaudible|silence)\b/i,
};

/** Ways to say that a stream gives nothing. A blank face and a pause are no such thing. */
const nothing = new RegExp(
  [
    String.raw`\bnothing\b`,
    String.raw`\b(?:can ?not|can['’]t|could not|couldn['’]t|unable to|not able to|impossible to) (?:\w+ )?(?:be )?(?:see|seen|hear|heard|observed?|perceived?|make out|determined?|assess|tell|described?)`,
    String.raw`\b(?:is|are|was|were) (?:\w+ )?(?:missing|unavailable|inaudible|invisible)\b`,
    String.raw`\bnot (?:\w+ )?(?:visible|audible|available|given|provided|present|shown)\b`,
    String.raw`\bno (?:\w+ )?(?:video|audio|visuals?|visual cues?|sounds?|speech|voice|image|picture|face|frames?|facial expressions?|acoustic cues?)\b`,
    String.raw`\b(?:video|screen|frames?|images?|picture|footage|audio|sound|soundtrack|recording)\b(?: \w+)? (?:is|are|was|were|seems?|appears?|remains?|shows?) (?:\w+ ){0,2}(?:black|blank|dark|silent|muted?|absent|empty|noise|static)\b`,
    String.raw`\b(?:black|blank|empty) (?:screen|frames?|video|images?|picture)\b`,
    String.raw`\b(?:complete|total|only|pure) silence\b|\bsilent audio\b|\baudio is silent\b`,
    "^(?:screen|video|picture|image|audio|sound) (?:black|blank|dark|silent|empty)$",
  ].join("|"),
  "i",
);

const lacks = (text: string, modality: EvidenceModality): boolean =>
  names[modality].test(text) && nothing.test(text);

/**
 * Does the text say that it can't see (or hear) anything? One clause must name the stream and the
 * lack: "I can't see her, only hear a voice" lacks video alone. The measure is a share of
 * responses, not a verdict on one.
 */
export function statesAbsence(text: string, modality: EvidenceModality): boolean {
  return sentences(text)
    .map(({ start, end }) => text.slice(start, end).replace(/^(in the \w+),/i, "$1"))
    .flatMap((sentence) => sentence.split(/[,;]|\b(?:and|but|while|though)\b/i))
    .some((clause) => lacks(clause, modality));
}

/**
 * A cue that only says its stream gives nothing ("screen is black") claims nothing about the
 * person.
 */
export const isAbsenceCue = (cue: string, modality: EvidenceModality): boolean =>
  lacks(cue, modality);
