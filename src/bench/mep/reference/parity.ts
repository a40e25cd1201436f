import { BenchError } from "../../../core/errors.ts";
import {
  type PrecursorProbe,
  precursorMaskedClaims,
  precursorProbes,
  precursorRecall,
  precursorThink,
  precursorYesNo,
} from "./precursor.ts";

export interface ParityMismatch {
  /** Case and field: "3.f1". */
  path: string;
  expected: unknown;
  got: unknown;
}

export interface ParityReport {
  /** Values compared. */
  checked: number;
  mismatches: ParityMismatch[];
}

/** How each file of recorded cases is recomputed: one object of expected values a case. */
const files: Readonly<
  Record<string, { expected: (row: never) => object; got: (row: never) => object }>
> = {
  "cue_recall_cases.json": {
    expected: (row: { expected: object }) => row.expected,
    got: (row: { gt_emb: number[][]; pred_emb: number[][]; threshold: number }) => ({
      ...precursorRecall(row.gt_emb, row.pred_emb, row.threshold),
    }),
  },
  "masked_generation_hallucination.json": {
    expected: (row: { expected: object }) => row.expected,
    got: (row: { nv: number; na: number; nt: number; mask: string }) =>
      precursorMaskedClaims({ visual: row.nv, audio: row.na, text: row.nt }, row.mask),
  },
  "masked_probe_eval.json": {
    expected: (row: { expected: object }) => row.expected,
    got: (row: { rows: PrecursorProbe[] }) => precursorProbes(row.rows),
  },
  "think_sentence_split.json": {
    expected: (row: { think: string; sentences: string[] }) => ({
      think: row.think,
      sentences: row.sentences,
    }),
    got: (row: { in: string }) => ({ ...precursorThink(row.in) }),
  },
  "yes_no_extract_v2.json": {
    expected: (row: { v2: string }) => ({ v2: row.v2 }),
    got: (row: { in: string }) => ({ v2: precursorYesNo(row.in) }),
  },
};

/** Files of a parity folder's `mep/` that `checkMepParity` knows. */
export const mepParityFiles: readonly string[] = Object.keys(files);

/**
 * Recomputes recorded cases of the precursor with this project's ports and compares every value
 * exactly.
 * @throws BenchError `PARITY_UNKNOWN` for a file of another name, `PARITY_SHAPE` for content that
 *   is no list.
 */
export function checkMepParity(file: string, cases: unknown): ParityReport {
  const check = files[file];
  if (check === undefined) {
    throw new BenchError("PARITY_UNKNOWN", `no recorded cases are known by the name '${file}'`, {
      hint: `known: ${mepParityFiles.join(", ")}`,
    });
  }
  if (!Array.isArray(cases)) throw new BenchError("PARITY_SHAPE", "not a list of cases", { file });
  const report: ParityReport = { checked: 0, mismatches: [] };
  for (const [index, row] of cases.entries()) {
    const got = check.got(row as never) as Record<string, unknown>;
    const expected = check.expected(row as never) as Record<string, unknown>;
    for (const key of new Set([...Object.keys(expected), ...Object.keys(got)])) {
      report.checked++;
      if (JSON.stringify(expected[key]) === JSON.stringify(got[key])) continue;
      const path = `${index}.${key}`;
      report.mismatches.push({ path, expected: expected[key], got: got[key] });
    }
  }
  return report;
}
