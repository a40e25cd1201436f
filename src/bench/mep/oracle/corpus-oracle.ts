import { canonicalJson, sha256 } from "../../../core/files.ts";
import {
  type Emotion,
  emotions,
  factorsOf,
  prototypes,
  salientValues,
} from "../../../corpus/factors.ts";
import { emotionWords, phrases, readClaim, readEmotion } from "../../../corpus/lexicon.ts";
import { parseResponse } from "../../../cues/response.ts";
import { probeContext } from "../shared/probe-context.ts";
import type { Oracle, ReadClaim, Reading } from "./oracle.ts";
import { type Segment, segmentReasoning } from "./segment.ts";

/** How the corpus says that a stream shows nothing. Not a claim. */
const absence = /\bnothing\b/i;

/** The generated corpus as an oracle: exact inverse lookup of its lexicon, its prototypes. */
export function corpusOracle(): Oracle {
  const world = { emotions, factorsOf, phrases, prototypes, emotionWords };
  return {
    id: `synthetic-corpus@${sha256(canonicalJson(world)).slice(0, 12)}`,
    emotions,
    factors: factorsOf,
    values: () => salientValues,
    prototype: (emotion, factor) => prototypes[emotion as Emotion][factor],
    phrases: ({ factor, value }) => phrases[factor][value - 1] ?? [],
    probeContext,
    read: readResponse,
  };
}

function readResponse(response: string): Reading {
  const { answer, wellFormed } = parseResponse(response);
  return {
    answer: answer === null ? null : answer.text.trim(),
    wellFormed,
    claims: segmentReasoning(response).flatMap((segment) => readSegment(segment)),
  };
}

/**
 * One statement: a phrase of the lexicon; else a statement about the emotion, if it names one;
 * else, within a section, evidence that can't be read.
 */
function readSegment(segment: Segment): ReadClaim[] {
  const { text, span, section } = segment;
  const place = { text, start: span.start, end: span.end };
  const fact = readClaim(text);
  if (fact !== null) {
    const visual = (factorsOf.visual as readonly string[]).includes(fact.factor);
    return [{ ...place, modality: visual ? "visual" : "acoustic", fact }];
  }
  if (text.split(/[^A-Za-z]+/).some((word) => readEmotion(word) !== null)) {
    return [{ ...place, modality: "emotion", fact: null }];
  }
  if (absence.test(text) || section === null) return [];
  return [{ ...place, modality: section, fact: null }];
}
