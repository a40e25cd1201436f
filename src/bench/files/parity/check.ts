import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, compareValues } from "../../../core/compare-values.ts";
import { BenchError, OppoError } from "../../../core/errors.ts";
import { readJson } from "../../../core/files.ts";
import { checkMepParity, mepParityFiles } from "../../mep/reference/index.ts";
import { recomputeSteps, recomputeTask } from "../../mme-emotion/index.ts";
import {
  checkCleanResponse,
  checkFullRuns,
  checkLabelCases,
  checkMer2026Cases,
  checkSentimentCases,
  checkSetLevel,
  checkStringToList,
  Mappings,
} from "./ew.ts";
import type { MmeCase } from "./recorded.ts";
import { type BadRow, each, type RowsComparison } from "./rows.ts";

export interface FileParity extends Comparison {
  /** Path inside the parity folder. */
  file: string;
  /** Rows that were not compared. */
  bad: readonly BadRow[];
  /** Why nothing of the file was compared; absent where something was. */
  refused?: { code: string; message: string };
}

interface Context {
  parity: string;
  data: string;
  mappings: Mappings;
}

type Recomputed = Comparison | RowsComparison;
type Check = (content: never, context: Context) => Recomputed | Promise<Recomputed>;

/** How each file of recorded outputs is recomputed. */
const checks: Readonly<Record<string, Check>> = {
  "ew/string_to_list.json": checkStringToList,
  "ew/postprocess_llm_response.json": checkCleanResponse,
  "ew/cases.json": async (cases: never, { mappings }) =>
    checkLabelCases(cases, await mappings.get("unibench")),
  "ew/cases_mer2026.json": async (cases: never, { parity, mappings }) =>
    checkMer2026Cases(
      cases,
      readJson(join(parity, "ew/cases.json")),
      await mappings.get("mer2026"),
    ),
  "ew/full_runs.json": async (runs: never, { data, mappings }) =>
    checkFullRuns(runs, data, await mappings.get("unibench")),
  "misc/mer2024_ov_set_level.json": (recorded: never, { data }) => checkSetLevel(recorded, data),
  "sentiment/cases.json": checkSentimentCases,
  "mme/parse_cases.json": (cases: { in: string }[]) =>
    each(cases, ({ in: reply, ...expected }, place) =>
      compareValues(expected, recomputeSteps(reply), place),
    ),
  "mme/metrics_cases.json": (cases: MmeCase[]) => each(cases, checkTask),
  ...Object.fromEntries(
    mepParityFiles.map((name) => [
      `mep/${name}`,
      (cases: unknown[]) => each(cases, (row, place) => mepRow(name, row, place)),
    ]),
  ),
};

/** One case of a file of `mep/`, by its place among the others. */
function mepRow(name: string, row: unknown, place: string): Comparison {
  const { checked, mismatches } = checkMepParity(name, [row]);
  const placed = mismatches.map((one) => ({ ...one, path: one.path.replace(/^0/, place) }));
  return { checked, mismatches: placed };
}

function checkTask(given: MmeCase, place: string): Comparison {
  const { task, alpha, rows, expected_stats, expected } = given;
  const answers = rows.map((row) => ({ groundTruth: row.ground_truth, reply: row.score }));
  const got = recomputeTask(task, answers, alpha, "M");
  return compareValues({ expected_stats, expected }, got, place);
}

/**
 * Recomputes every file of a folder of recorded outputs of the official evaluators.
 *
 * @param parity folder with `ew/`, `mep/`, `misc/`, `mme/`, `sentiment/`, any of them
 * @param data folder with `emotion_wheel/`, `labels/`, `affectgpt_outputs/`, `mer2024_ov_store/`
 * @returns a file each; one that can't be compared has `refused`: `PARITY_UNKNOWN` where nobody
 *   checks it, `PARITY_EMPTY` without values, `PARITY_SHAPE` of another form, and what readers throw
 * @throws BenchError `PARITY_EMPTY` for a folder without any
 */
export async function checkParity(parity: string, data: string): Promise<FileParity[]> {
  const context: Context = { parity, data, mappings: new Mappings(data) };
  const results: FileParity[] = [];
  for (const file of jsonFiles(parity)) {
    try {
      const found = await checkFile(join(parity, file), checkOf(file, parity), context);
      results.push({ file, bad: [], ...found });
    } catch (error) {
      if (!(error instanceof OppoError)) throw error;
      const { code, message } = error;
      results.push({ file, checked: 0, mismatches: [], bad: [], refused: { code, message } });
    }
  }
  return results;
}

function checkOf(file: string, parity: string): Check {
  const check = Object.hasOwn(checks, file) ? checks[file] : undefined;
  if (check !== undefined) return check;
  throw new BenchError("PARITY_UNKNOWN", "nothing here recomputes this file", {
    file: join(parity, file),
    hint: `known: ${Object.keys(checks).join(", ")}`,
  });
}

async function checkFile(file: string, check: Check, context: Context): Promise<Recomputed> {
  let found: Recomputed;
  try {
    found = await check(readJson<never>(file), context);
  } catch (cause) {
    // A list where an object belongs, a field that is not there: what is not one of our own
    // refusals.
    if (cause instanceof OppoError) throw cause;
    throw new BenchError("PARITY_SHAPE", `not recorded outputs as known: ${String(cause)}`, {
      file,
      cause,
    });
  }
  if (found.checked > 0 || ("bad" in found && found.bad.length > 0)) return found;
  throw new BenchError("PARITY_EMPTY", "holds no recorded value, so nothing was compared", {
    file,
  });
}

function jsonFiles(folder: string): string[] {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((name) => name.replaceAll("\\", "/"))
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
  if (files.length > 0) return files;
  throw new BenchError("PARITY_EMPTY", "no recorded outputs (.json) in this folder", {
    file: folder,
    hint: "expected: ew/, mep/, misc/, mme/, sentiment/",
  });
}
