import { decomposeReference, extractorId } from "../../cues/decompose.ts";
import type { Decomposer } from "./port.ts";

/** The rules of `cues/`: no model, same cues every time. */
export const rulesDecomposer: Decomposer = {
  id: extractorId,
  decompose: (reference) => Promise.resolve(decomposeReference(reference)),
};
