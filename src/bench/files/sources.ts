import { existsSync } from "node:fs";
import { BenchError } from "../../core/errors.ts";

/** Where the owners of data distribute them. This project contains none of it. */
export const sources = {
  wheels:
    "the wheels (format.csv, synonym.xlsx, wheel1–5.xlsx) lie in the folder emotion_wheel of github.com/zeroQiaoba/AffectGPT, the corrected mapping (wheel_mapping.npz) in MER2026 of github.com/zeroQiaoba/MERTools; for research use, see the terms there",
  labels:
    "label files come with the corpora: MER2023/MER2024 and OV-MERD+ under the MER challenge's agreement (github.com/zeroQiaoba/MERTools), MELD, IEMOCAP, CMU-MOSI/MOSEI and CH-SIMS from their owners under their own terms; MERBench of MERTools holds the prepared label.npz files",
  synonyms:
    "synonym groups (openset-synonym.json) lie in MER2024 of github.com/zeroQiaoba/MERTools, made by a language model from truth and predictions of each sample",
  predictions:
    "give .npz as AffectGPT writes them (name2reason, or filenames and fileitems), .jsonl, .json or .csv",
} as const;

/** @throws BenchError `FILE_MISSING` that says where such files come from and under which terms */
export function needFile(file: string, source: string): string {
  if (existsSync(file)) return file;
  throw new BenchError("FILE_MISSING", "no such file or folder", { file, hint: source });
}
