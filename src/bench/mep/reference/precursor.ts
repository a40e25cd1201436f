import { dot } from "../../../core/vector.ts";

/*
 * Exact ports of the evaluation code of a public precursor of MEP-Bench, for numbers that are to
 * compare with ones made by it. The benchmark's own rules stand next to them (`yes-no.ts`,
 * `utilization.ts`).
 */

/** Markers at which the precursor cuts a reply; those its recorded cases show. */
const roleMarkers = ["Human:", "Assistant:", "###"];

/**
 * Answer parser "v2": the first line up to a role marker; exactly yes or no, else whichever of the
 * two letter sequences comes first, else the lower-cased rest. Wrong by design on "I know it" (no),
 * "eyes" (yes) and "not sure" (no).
 */
export function precursorYesNo(reply: string): string {
  let text = reply.trim().split("\n")[0] ?? "";
  for (const marker of roleMarkers) {
    const at = text.indexOf(marker);
    if (at >= 0) text = text.slice(0, at);
  }
  text = text.trim().toLowerCase();
  const yes = text.indexOf("yes");
  const no = text.indexOf("no");
  if (yes < 0 && no < 0) return text;
  if (yes < 0) return "no";
  if (no < 0) return "yes";
  return yes < no ? "yes" : "no";
}

/**
 * Inside of the first `<think>` pair, or the whole text; split at .!?, their Chinese forms and
 * newlines.
 */
export function precursorThink(response: string): { think: string; sentences: string[] } {
  const think = (/<think>([\s\S]*?)<\/think>/.exec(response)?.[1] ?? response).trim();
  const sentences = think
    .split(/[.!?,。！？，\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return { think, sentences };
}

export interface PrecursorRecall {
  recall: number;
  precision: number;
  matched_gt: number;
  total_gt: number;
  matched_pred: number;
  total_pred: number;
  valid_recall: boolean;
  valid_precision: boolean;
}

/**
 * Cue recall of one sample and modality from unit vectors: a cue is matched when its best cosine
 * reaches the threshold, many to one. Nothing on a side: that side's share is 1 and not valid,
 * except that recall without predictions and precision without references are 0 and valid.
 */
export function precursorRecall(
  reference: readonly ArrayLike<number>[],
  predicted: readonly ArrayLike<number>[],
  threshold: number,
): PrecursorRecall {
  const matched = (from: readonly ArrayLike<number>[], to: readonly ArrayLike<number>[]) =>
    from.filter((a) => to.some((b) => dot(a, b) >= threshold)).length;
  const matchedReference = matched(reference, predicted);
  const matchedPredicted = matched(predicted, reference);
  return {
    recall: reference.length === 0 ? 1 : matchedReference / reference.length,
    precision: predicted.length === 0 ? 1 : matchedPredicted / predicted.length,
    matched_gt: matchedReference,
    total_gt: reference.length,
    matched_pred: matchedPredicted,
    total_pred: predicted.length,
    valid_recall: reference.length > 0,
    valid_precision: predicted.length > 0,
  };
}

/** One asked probe; `name` is the sample's. */
export interface PrecursorProbe {
  name: string;
  expected_answer: string;
  model_answer: string;
}

/**
 * Scores of masked probes, whose expected answer is "no"; "no" is the positive class of P, R and
 * F1.
 */
export function precursorProbes(rows: readonly PrecursorProbe[]): Record<string, number | string> {
  if (rows.length === 0) return { error: "No results to evaluate" };
  const right = (row: PrecursorProbe) => row.model_answer === row.expected_answer;
  const count = (test: (row: PrecursorProbe) => boolean) => rows.filter(test).length;
  const yes = count((row) => row.model_answer === "yes");
  const no = count((row) => row.model_answer === "no");
  const truePositive = count((row) => row.model_answer === "no" && row.expected_answer === "no");
  const falsePositive = count((row) => row.model_answer === "yes" && row.expected_answer === "no");
  const falseNegative = count((row) => row.model_answer === "no" && row.expected_answer === "yes");
  const precision = share(truePositive, truePositive + falsePositive);
  const recall = share(truePositive, truePositive + falseNegative);
  const names = [...new Set(rows.map((row) => row.name))];
  const whole = names.filter((name) => rows.every((row) => row.name !== name || right(row)));
  return {
    total_questions: rows.length,
    total_samples: names.length,
    correct_answers: count(right),
    incorrect_answers: rows.length - count(right),
    yes_answers: yes,
    no_answers: no,
    other_answers: rows.length - yes - no,
    accuracy: count(right) / rows.length,
    hallucination_rate: yes / rows.length,
    precision,
    recall,
    f1: share(2 * precision * recall, precision + recall),
    sample_level_accuracy: whole.length / names.length,
  };
}

/**
 * What of a response to a masked clip belongs to the masked modality; no claims give rates of 0.
 */
export function precursorMaskedClaims(
  counts: { visual: number; audio: number; text: number },
  mask: string,
): Record<string, number | string> {
  const { visual, audio, text } = counts;
  const total = visual + audio + text;
  const masked = mask === "visual" ? visual : mask === "audio" ? audio : mask === "text" ? text : 0;
  const seenOrHeard = mask === "text" ? 0 : masked;
  return {
    num_visual_claims: visual,
    num_audio_claims: audio,
    num_text_claims: text,
    total_claims: total,
    total_claims_vision_audio: visual + audio,
    num_hallucinated_claims: masked,
    hallucination_rate: share(masked, total),
    hallucination_rate_vision_audio: share(seenOrHeard, visual + audio),
    masked_modality: mask,
  };
}

const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
