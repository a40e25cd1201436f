import { join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { readJsonl } from "../core/jsonl.ts";
import { evidenceModalities } from "../cues/cue.ts";
import { emotions, factorNames } from "./factors.ts";
import { type ManifestRow, splits } from "./manifest.ts";

/**
 * Reads and checks a corpus folder's `manifest.jsonl`.
 * @throws ConfigError `MANIFEST_ROW` naming file, line and field, `MANIFEST_EMPTY`,
 *   `MANIFEST_DUPLICATE`; OppoError `FILE_MISSING`, `JSONL_LINE`.
 */
export function loadManifest(folder: string): ManifestRow[] {
  const file = join(folder, "manifest.jsonl");
  const rows = readJsonl<unknown>(file);
  if (rows.length === 0) throw new ConfigError("MANIFEST_EMPTY", "manifest has no rows", { file });
  const seen = new Set<string>();
  return rows.map((value, index) => {
    const row = checkRow(value, file, index + 1);
    if (seen.has(row.id)) {
      throw new ConfigError("MANIFEST_DUPLICATE", `clip id '${row.id}' stands twice`, {
        file,
        line: index + 1,
      });
    }
    seen.add(row.id);
    return row;
  });
}

type Fields = Record<string, unknown>;

function checkRow(value: unknown, file: string, line: number): ManifestRow {
  const need = (fact: boolean, path: string, expected: string): void => {
    if (fact) return;
    throw new ConfigError("MANIFEST_ROW", `'${path}' must be ${expected}`, { file, line, path });
  };
  need(isFields(value), "row", "an object");
  const row = value as Fields;
  for (const path of ["id", "file", "seed", "reference"]) {
    need(isText(row[path]), path, "a non-empty string");
  }
  const texts = row.coldStart;
  const filled = Array.isArray(texts) && texts.length > 0 && texts.every(isText);
  need(filled, "coldStart", "a non-empty list of non-empty strings");
  need((splits as readonly unknown[]).includes(row.split), "split", `one of ${splits.join(", ")}`);
  for (const path of ["label", "visualEmotion", "acousticEmotion"]) {
    const known = (emotions as readonly unknown[]).includes(row[path]);
    need(known, path, `one of ${emotions.join(", ")}`);
  }
  need(typeof row.congruent === "boolean", "congruent", "true or false");
  need(isFields(row.factors), "factors", "an object");
  for (const factor of factorNames) {
    const state = (row.factors as Fields)[factor];
    const valid = typeof state === "number" && [0, 1, 2, 3].includes(state);
    need(valid, `factors.${factor}`, "0, 1, 2 or 3");
  }
  need(isFields(row.noise), "noise", "an object");
  for (const modality of evidenceModalities) {
    const level = (row.noise as Fields)[modality];
    need(typeof level === "number" && level >= 0, `noise.${modality}`, "a number from 0");
  }
  return value as ManifestRow;
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
