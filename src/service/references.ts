import { OppoError } from "../core/errors.ts";
import type { CueSet } from "../cues/cue.ts";
import { parseResponse } from "../cues/response.ts";
import { parseLabels } from "../rewards/accuracy.ts";
import type { Decomposer } from "./decomposer/port.ts";
import type { Parser } from "./parsing/parser.ts";
import { RequestError } from "./request-error.ts";
import type { GivenCue } from "./wire/fields.ts";

/** What takes cues from an item, and how many of them. */
export interface CueParts {
  decomposer: Decomposer;
  parser: Pick<Parser, "given">;
  mostCues: number;
}

/**
 * An item's cues, brought along or taken from its reference: as many as may be brought along, for
 * each is held against each claim. @throws RequestError naming the item; 413 CUES_TOO_MANY.
 */
export async function itemCues(
  item: { reference?: string | undefined; cues?: readonly GivenCue[] | undefined },
  index: number,
  { decomposer, parser, mostCues: most }: CueParts,
): Promise<CueSet> {
  if (item.reference === undefined) return parser.given(item.cues ?? []);
  const set = await decomposed(item.reference, index, decomposer);
  if (set.cues.length <= most) return set;
  throw new RequestError(413, "CUES_TOO_MANY", `the reference has ${set.cues.length} cues`, {
    path: `items[${index}].reference`,
    hint: `at most ${most} an item`,
  });
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
