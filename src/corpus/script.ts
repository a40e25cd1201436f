import type { Rng } from "../core/rng.ts";
import type { EvidenceModality } from "../cues/cue.ts";
import { factorsOf, prototypes } from "./factors.ts";
import { emotionWords, type FactorClaim, phrases } from "./lexicon.ts";
import type { CorpusOptions } from "./options.ts";
import type { ClipState } from "./sample.ts";

const openings: Readonly<Record<EvidenceModality, readonly string[]>> = {
  visual: ["In the video, ", "In the video, I see ", "In the video, one sees "],
  acoustic: ["In the audio, ", "In the audio, I hear ", "In the audio, one hears "],
};
const nothing: Readonly<Record<EvidenceModality, string>> = {
  visual: "In the video, nothing stands out in the face.",
  acoustic: "In the audio, nothing stands out in the voice.",
};
const agreeing = ["Face and voice agree on ", "Both express "];
const clashing = ["Face and voice clash, mostly ", "They disagree, mostly "];

/** Complete and true: every salient factor of both modalities, in random order and wording. */
export function referenceText(state: ClipState, rng: Rng): string {
  return compose(state, salient(state, "visual"), salient(state, "acoustic"), rng);
}

/**
 * What the cold start imitates: a salient cue is mentioned with probability `mention`, and each
 * claim is replaced with probability `replaced` by the label's prototype value of a factor of that
 * modality not yet mentioned (or the same factor). That label noise is what a policy learns to
 * hallucinate from.
 */
export function coldStartText(state: ClipState, options: CorpusOptions, rng: Rng): string {
  const claims = (modality: EvidenceModality): FactorClaim[] => {
    const mentioned = salient(state, modality).filter(() => rng.bool(options.mention));
    return blur(mentioned, state, modality, options.replaced, rng);
  };
  const visual = claims("visual");
  return compose(state, visual, claims("acoustic"), rng);
}

function salient(state: ClipState, modality: EvidenceModality): FactorClaim[] {
  return factorsOf[modality]
    .map((factor) => ({ factor, value: state.factors[factor] }))
    .filter(({ value }) => value > 0);
}

function blur(
  claims: readonly FactorClaim[],
  state: ClipState,
  modality: EvidenceModality,
  replaced: number,
  rng: Rng,
): FactorClaim[] {
  const prototype = prototypes[state.label];
  const out = claims.slice();
  out.forEach((claim, index) => {
    if (!rng.bool(replaced)) return;
    const free = factorsOf[modality].filter(
      (factor) =>
        prototype[factor] > 0 &&
        (factor === claim.factor || !out.some((other) => other.factor === factor)),
    );
    if (free.length === 0) return;
    const factor = rng.pick(free);
    out[index] = { factor, value: prototype[factor] };
  });
  return out;
}

function compose(
  state: ClipState,
  visual: readonly FactorClaim[],
  acoustic: readonly FactorClaim[],
  rng: Rng,
): string {
  const feeling =
    rng.pick(state.congruent ? agreeing : clashing) + rng.pick(emotionWords[state.label]);
  const body = [section("visual", visual, rng), section("acoustic", acoustic, rng), `${feeling}.`];
  return `<think>${body.join(" ")}</think><answer>${state.label}</answer>`;
}

function section(modality: EvidenceModality, claims: readonly FactorClaim[], rng: Rng): string {
  if (claims.length === 0) return nothing[modality];
  const words = rng
    .shuffle(claims)
    .map(({ factor, value }) => rng.pick(phrases[factor][value - 1] ?? []));
  return `${rng.pick(openings[modality])}${list(words)}.`;
}

/** "a", "a and b", "a, b and c". */
function list(items: readonly string[]): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} and ${last}`;
}
