import { BenchError } from "../../../core/errors.ts";
import { canonicalJson, sha256 } from "../../../core/files.ts";
import { Rng } from "../../../core/rng.ts";
import type { ManifestRow } from "../../../corpus/manifest.ts";
import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { pickDonors } from "./donors.ts";
import type { ItemClip, MepItems } from "./item.ts";
import type { ItemOptions } from "./options.ts";
import type { Fact, Oracle } from "./oracle.ts";
import { pickProbes } from "./probes.ts";
import { rulesHash, scoringRules } from "./rules.ts";

/** sha256 of the items' canonical JSON. */
export function contentHash(items: MepItems): string {
  return sha256(canonicalJson(items));
}

/**
 * Chooses clips, donors and probes of one split. Same rows, oracle and options give the same items.
 * @throws BenchError `ITEMS_EMPTY` when the split holds fewer than two clips, `ITEMS_DONOR` when a
 *   clip has no clip of other emotions to exchange a stream with.
 */
export function buildItems(
  rows: readonly ManifestRow[],
  oracle: Oracle,
  options: ItemOptions,
): MepItems {
  const pool = rows
    .filter((row) => row.split === options.split)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (pool.length < 2) {
    throw new BenchError(
      "ITEMS_EMPTY",
      `the corpus has ${pool.length} clips in '${options.split}'`,
      {
        hint: "generate a corpus with a larger split, or name another one in bench.items.split",
        path: "bench.items.split",
      },
    );
  }
  const rng = new Rng(`items/${options.seed}`);
  const chosen = interleave(pool, options.clips ?? pool.length, rng.fork("clips"));
  return {
    rules: scoringRules,
    rulesHash: rulesHash(),
    oracle: oracle.id,
    options,
    prototypes: prototypeTable(oracle),
    probeContext: { ...oracle.probeContext },
    clips: chosen.map((row) => buildClip(row, chosen, oracle, options, rng.fork(row.id))),
  };
}

function buildClip(
  row: ManifestRow,
  pool: readonly ManifestRow[],
  oracle: Oracle,
  options: ItemOptions,
  rng: Rng,
): ItemClip {
  const emotion = { visual: row.visualEmotion, acoustic: row.acousticEmotion };
  const cues = {
    visual: salient(row, oracle, "visual"),
    acoustic: salient(row, oracle, "acoustic"),
  };
  const clip = { id: row.id, label: row.label, congruent: row.congruent, emotion, cues };
  return {
    ...clip,
    factors: { ...row.factors },
    donors: pickDonors(row, pool, rng.fork("donors")),
    probes: evidenceModalities.flatMap((modality) =>
      pickProbes(clip, modality, options.probesPerModality, oracle, rng.fork(modality)),
    ),
  };
}

function salient(row: ManifestRow, oracle: Oracle, modality: EvidenceModality): Fact[] {
  return oracle.factors[modality]
    .map((factor) => ({ factor, value: row.factors[factor] }))
    .filter((fact) => fact.value !== 0);
}

function prototypeTable(oracle: Oracle): MepItems["prototypes"] {
  const factors = evidenceModalities.flatMap((modality) => oracle.factors[modality]);
  return Object.fromEntries(
    oracle.emotions.map((emotion) => [
      emotion,
      Object.fromEntries(factors.map((factor) => [factor, oracle.prototype(emotion, factor)])),
    ]),
  );
}

/**
 * Up to `count` rows, half of them conflicts if there are enough, spread evenly through the list.
 */
function interleave(rows: readonly ManifestRow[], count: number, rng: Rng): ManifestRow[] {
  const congruent = rng.shuffle(rows.filter((row) => row.congruent));
  const conflict = rng.shuffle(rows.filter((row) => !row.congruent));
  const total = Math.min(count, rows.length);
  const conflicts = Math.min(
    conflict.length,
    Math.max(Math.round(total / 2), total - congruent.length),
  );
  const parts =
    total === rows.length
      ? [congruent, conflict]
      : [congruent.slice(0, total - conflicts), conflict.slice(0, conflicts)];
  return parts
    .flatMap((part) => part.map((row, index) => ({ row, at: (index + 0.5) / part.length })))
    .sort((a, b) => a.at - b.at || (a.row.id < b.row.id ? -1 : 1))
    .map(({ row }) => row);
}
