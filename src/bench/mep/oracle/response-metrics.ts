import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import {
  amount,
  any,
  both,
  conflict,
  congruent,
  higher,
  type Kind,
  lower,
  type Metric,
  noClaims,
  type Over,
  responses,
  tallied,
  type Which,
} from "./metric.ts";
import type { ModalityTally } from "./tally.ts";

const full = (
  name: readonly [string, string],
  kind: Kind,
  numerator: Over,
  denominator: Over,
  which: Which = any,
): Metric => tallied("full", name, kind, numerator, denominator, which);

function accuracy(id: string, label: string, where: string, which: Which): Metric {
  const kind = higher(`responses with the right answer${where}`);
  return full([id, label], kind, (t) => t.correct, responses, which);
}

const answers: Metric[] = [
  accuracy("accuracy", "accuracy", "", any),
  accuracy("accuracy-congruent", "accuracy, congruent", ", face and voice agreeing", congruent),
  accuracy("accuracy-conflict", "accuracy, conflict", ", face and voice disagreeing", conflict),
  full(["format", "format"], higher("well-formed responses"), (t) => t.wellFormed, responses),
  full(["tokens", "tokens"], amount("tokens per response"), (t) => t.tokens, responses),
  full(
    ["truncated", "cut off"],
    lower("responses cut at the length limit"),
    (t) => t.truncated,
    responses,
  ),
];

const perResponse = "distinct visual and acoustic claims per response, readable or not";
/** Denominator of the `…-readable` metrics. */
const readable = (m: ModalityTally): number => m.claims - m.unreadable;

const claims: Metric[] = [
  full(
    ["claims", "claims / response"],
    amount(perResponse),
    both((m) => m.claims),
    responses,
  ),
  full(
    ["claims-congruent", "claims, congruent"],
    amount(`${perResponse}, congruent clips`),
    both((m) => m.claims),
    responses,
    congruent,
  ),
  full(
    ["claims-conflict", "claims, conflict"],
    amount(`${perResponse}, conflict clips`),
    both((m) => m.claims),
    responses,
    conflict,
  ),
  ...evidenceModalities.map((modality) =>
    full(
      [`claims-${modality}`, `${modality} claims`],
      amount(`distinct ${modality} claims per response, readable or not`),
      (t) => t[modality].claims,
      responses,
    ),
  ),
  full(
    ["repeats", "repeats"],
    amount("claims per response that it had made before", "lower"),
    both((m) => m.repeats),
    responses,
  ),
  full(
    ["unreadable", "unreadable"],
    lower(
      "distinct evidence claims outside the lexicon, of all; none of them counts as true",
      noClaims,
    ),
    both((m) => m.unreadable),
    both((m) => m.claims),
  ),
];

const pooledUtilization: Metric[] = [
  full(
    ["recall", "recall"],
    higher("salient cues of both modalities that the response states, of all (micro)"),
    both((m) => m.true),
    both((m) => m.cues),
  ),
  full(
    ["f1", "F1"],
    higher("2 · true claims ÷ (claims, readable or not, + cues), both modalities (micro)"),
    both((m) => 2 * m.true),
    both((m) => m.claims + m.cues),
  ),
];

function utilization(modality: EvidenceModality): Metric[] {
  const at =
    (count: (m: ModalityTally) => number): Over =>
    (tally) =>
      count(tally[modality]);
  return [
    full(
      [`recall-${modality}`, `recall, ${modality}`],
      higher(`salient ${modality} cues that the response states, of all (micro)`),
      at((m) => m.true),
      at((m) => m.cues),
    ),
    full(
      [`recall-macro-${modality}`, `macro recall, ${modality}`],
      higher(`${modality} recall per response, averaged over responses to clips with such cues`),
      at((m) => m.recallSum),
      at((m) => m.recallCount),
    ),
    full(
      [`precision-${modality}`, `precision, ${modality}`],
      higher(`distinct ${modality} claims that are true, of all, readable or not`, noClaims),
      at((m) => m.true),
      at((m) => m.claims),
    ),
    full(
      [`f1-${modality}`, `F1, ${modality}`],
      higher(`2 · true ${modality} claims ÷ (claims, readable or not, + cues) (micro)`),
      at((m) => 2 * m.true),
      at((m) => m.claims + m.cues),
    ),
    full(
      [`f1-macro-${modality}`, `macro F1, ${modality}`],
      higher(`${modality} F1 per response, averaged over responses`),
      at((m) => m.f1Sum),
      at((m) => m.f1Count),
    ),
  ];
}

function faithful(id: string, label: string, where: string, which: Which): Metric[] {
  const about = "distinct visual and acoustic claims that are true, of all";
  const share = (name: readonly [string, string], of: string, count: typeof readable) =>
    full(
      name,
      higher(`${about} ${of}${where}`, noClaims),
      both((m) => m.true),
      both(count),
      which,
    );
  return [
    share([id, label], "(an unreadable one is not shown to be true)", (m) => m.claims),
    share([`${id}-readable`, `${label}, readable`], "that the oracle can read", readable),
  ];
}

const faithfulness: Metric[] = [
  ...faithful("faithfulness", "faithfulness", "", any),
  ...faithful("faithfulness-congruent", "faithfulness, congruent", ", congruent clips", congruent),
  ...faithful("faithfulness-conflict", "faithfulness, conflict", ", conflict clips", conflict),
];

/** Spec feasibility's exV and exA: excess over a third emotion, so that mere guessing scores 0. */
function crossModal(
  id: string,
  label: string,
  [what, whose]: readonly [string, string],
  part: (count: (m: ModalityTally) => number) => Over,
): Metric {
  const about =
    `${what} claims on conflict clips that are false and fit the emotion of ${whose}, ` +
    "minus those that would fit an emotion that neither stream shows, of all readable ones";
  return full(
    [id, label],
    lower(about, noClaims),
    part((m) => m.cross - m.third),
    part(readable),
    conflict,
  );
}

const hallucination: Metric[] = [
  crossModal("cross", "cross-modal hallucination", ["evidence", "the other stream"], both),
  crossModal("cross-visual", "exV", ["visual", "the voice"], (count) => (t) => count(t.visual)),
  crossModal(
    "cross-acoustic",
    "exA",
    ["acoustic", "the face"],
    (count) => (t) => count(t.acoustic),
  ),
  full(
    ["cross-raw", "cross-modal, uncontrolled"],
    lower(
      "claims on conflict clips that are false and fit the other stream's emotion, of all readable ones",
      noClaims,
    ),
    both((m) => m.cross),
    both(readable),
    conflict,
  ),
];

/** Everything that needs responses to one input only: what systems and their floors share. */
export const responseMetrics: readonly Metric[] = [
  ...answers,
  ...claims,
  ...pooledUtilization,
  ...evidenceModalities.flatMap(utilization),
  ...faithfulness,
  ...hallucination,
];
