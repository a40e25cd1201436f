/**
 * The Omni-Perception Loss of one optimiser step of the ms-swift plugin, computed anew in
 * TypeScript from the log-probs it dumped (OPPO_DUMP), over all micro-batches and ranks at once:
 * `npx tsx scripts/ms-swift-recompute.ts oppo.json dump-folder step` (as many triples as wanted)
 * prints `{ samples, claims, clauses, loss }`. Rows over the whole vocabulary are read from the
 * `.f32` beside a dump.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../src/core/files.ts";
import type { ClaimTokens } from "../src/cues/cue.ts";
import { omniPerceptionObjective } from "../src/loss/objective.ts";
import type { LossConfig } from "../src/loss/options.ts";
import { resolveLossOptions } from "../src/loss/presets.ts";
import type { LossPass, LossSample, MaskedPass } from "../src/loss/sample.ts";

interface DumpedClaim extends Omit<ClaimTokens, "onset"> {
  onset: number | null;
}

/** Rows of one pass; `at`: where they begin in the file of float32 beside the dump, in numbers. */
interface DumpedRows {
  positions: number[];
  vocabulary: number;
  at: number;
}

interface Dump {
  samples: {
    full: number[];
    video: number[] | null;
    audio: number[] | null;
    both: number[] | null;
    claims: DumpedClaim[];
    clauses: DumpedClaim[] | null;
    partial: MaskedPass[];
    whole: Partial<Record<LossPass, DumpedRows>>;
  }[];
  suppression: number;
}

const claimsOf = (dumped: readonly DumpedClaim[]): ClaimTokens[] =>
  dumped.map(({ onset, ...claim }) => ({ ...claim, ...(onset !== null && { onset }) }));

function sampleOf(dumped: Dump["samples"][number], rows: Float32Array): LossSample {
  const { full, video, audio, both, claims, clauses, partial, whole } = dumped;
  return {
    // No advantage and no ratio: the surrogate, which is ms-swift's own, adds nothing.
    advantage: 0,
    full,
    sampled: full,
    ...(video && { video }),
    ...(audio && { audio }),
    ...(both && { both }),
    claims: claimsOf(claims),
    ...(clauses && { clauses: claimsOf(clauses) }),
    partial,
    whole: Object.fromEntries(
      Object.entries(whole).map(([pass, { positions, vocabulary, at }]) => [
        pass,
        { positions, vocabulary, values: rows.subarray(at, at + positions.length * vocabulary) },
      ]),
    ),
  };
}

/** Numbers of the file beside a dump; none where the loss looked at no whole rows. */
function rowsOf(dump: string): Float32Array {
  const file = dump.replace(/\.json$/, ".f32");
  return existsSync(file)
    ? new Float32Array(new Uint8Array(readFileSync(file)).buffer)
    : new Float32Array();
}

/** The term of one step, and what it acted on. */
function recomputed(config: string, folder: string, step: string): object {
  const prefix = `step-${step.padStart(5, "0")}-`;
  const files = readdirSync(folder)
    .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
    .map((name) => join(folder, name));
  const dumps = files.map((file) => readJson<Dump>(file));
  const samples = dumps.flatMap((dump, index) => {
    const rows = rowsOf(files[index]!);
    return dump.samples.map((sample) => sampleOf(sample, rows));
  });
  const options = resolveLossOptions(readJson<{ loss: LossConfig }>(config).loss);
  const { loss } = omniPerceptionObjective(samples, options, {
    suppression: dumps[0]!.suppression,
  });
  const sum = (of: (own: LossSample) => number) => samples.reduce((so, own) => so + of(own), 0);
  return {
    samples: samples.length,
    claims: sum((own) => own.claims.length),
    clauses: sum((own) => own.clauses?.length ?? 0),
    loss,
  };
}

const asked = process.argv.slice(2);
for (let at = 0; at < asked.length; at += 3) {
  const [config, folder, step] = asked.slice(at, at + 3) as [string, string, string];
  console.log(JSON.stringify(recomputed(config, folder, step)));
}
