import { OppoError } from "../core/errors.ts";
import type { CueSet } from "../cues/cue.ts";
import { polarityOf } from "../cues/polarity.ts";
import { parseResponse } from "../cues/response.ts";
import { parseLabels } from "../rewards/accuracy.ts";
import type { Decomposer } from "./decomposer/port.ts";
import { RequestError } from "./request-error.ts";
import type { GivenCue } from "./wire/fields.ts";

/** Name under which cues go that came with the request. */
const givenExtractor = "given";

/** Cues of a request as a set. They stand in no reference, so their spans are empty. */
function givenCues(cues: readonly GivenCue[]): CueSet {
  return {
    cues: cues.map(({ modality, text, positive = polarityOf(text) }) => ({
      modality,
      text,
      positive,
      span: { start: 0, end: 0 },
    })),
    extractor: givenExtractor,
  };
}

/**
 * An item's cues, brought along or taken from its reference. @throws RequestError naming the item.
 */
export async function cuesOf(
  item: { reference?: string | undefined; cues?: readonly GivenCue[] | undefined },
  index: number,
  decomposer: Decomposer,
): Promise<CueSet> {
  if (item.reference === undefined) return givenCues(item.cues ?? []);
  return decomposed(item.reference, index, decomposer);
}

/**
 * Cues of a reference. A decomposer that fails fails the item: no cues would mean a reward of zero.
 */
export async function decomposed(
  reference: string,
  index: number,
  decomposer: Decomposer,
): Promise<CueSet> {
  try {
    return await decomposer.decompose(reference);
  } catch (cause) {
    if (!(cause instanceof OppoError) || cause instanceof RequestError) throw cause;
    throw new RequestError(502, cause.code, `the reference was not decomposed: ${cause.message}`, {
      path: `items[${index}].reference`,
      retryAfterSec: 5,
      cause,
    });
  }
}

/** How labels are compared; `words`: as a set of words, by the printed accuracy. */
export type LabelMode = "closed" | "open" | "words";

/**
 * True labels: given, or the reference's own answer. @throws RequestError LABEL_MISSING,
 * LABEL_MANY.
 */
export function labelsOf(
  item: { reference?: string | undefined; labels?: string | string[] | undefined },
  index: number,
  mode: LabelMode,
): string[] {
  const given = item.labels ?? parseResponse(item.reference ?? "").answer?.text.trim() ?? "";
  const labels = typeof given === "string" ? [given] : given;
  if (labels.every((label) => label.trim() === "")) {
    throw new RequestError(400, "LABEL_MISSING", "no labels, and no <answer> in the reference", {
      path: `items[${index}].labels`,
    });
  }
  if (mode === "closed" && labels.length > 1) {
    throw new RequestError(400, "LABEL_MANY", "closed accuracy compares with one label", {
      path: `items[${index}].labels`,
      hint: "set reward.accuracy.mode to open for label lists",
    });
  }
  if (mode === "words" && labels.every((label) => parseLabels(label).length === 0)) {
    throw new RequestError(400, "LABEL_MISSING", "labels without a word to compare", {
      path: `items[${index}].labels`,
    });
  }
  return labels;
}
