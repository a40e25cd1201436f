/**
 * The Omni-Perception Loss of one optimiser step of the ms-swift plugin, computed anew in
 * TypeScript from the log-probs it dumped (OPPO_DUMP), over all micro-batches and ranks at once:
 * `npx tsx scripts/ms-swift-recompute.ts oppo.json dump-folder step` prints
 * `{ samples, claims, loss }`.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readJson } from "../src/core/files.ts";
import type { ClaimTokens } from "../src/cues/cue.ts";
import { omniPerceptionObjective } from "../src/loss/objective.ts";
import type { LossConfig } from "../src/loss/options.ts";
import { resolveLossOptions } from "../src/loss/presets.ts";
import type { LossSample, MaskedPass } from "../src/loss/sample.ts";

interface Dump {
  samples: {
    full: number[];
    video: number[] | null;
    audio: number[] | null;
    claims: (Omit<ClaimTokens, "onset"> & { onset: number | null })[];
    partial: MaskedPass[];
  }[];
  suppression: number;
}

function sampleOf({ full, video, audio, claims, partial }: Dump["samples"][number]): LossSample {
  return {
    // No advantage and no ratio: the surrogate, which is ms-swift's own, adds nothing.
    advantage: 0,
    full,
    sampled: full,
    ...(video && { video }),
    ...(audio && { audio }),
    claims: claims.map(({ onset, ...claim }) => ({ ...claim, ...(onset !== null && { onset }) })),
    partial,
  };
}

const [config, folder, step] = process.argv.slice(2) as [string, string, string];
const prefix = `step-${step.padStart(5, "0")}-`;
const dumps = readdirSync(folder)
  .filter((name) => name.startsWith(prefix))
  .map((name) => readJson<Dump>(join(folder, name)));
const samples = dumps.flatMap((dump) => dump.samples.map(sampleOf));
const options = resolveLossOptions(readJson<{ loss: LossConfig }>(config).loss);
const { loss } = omniPerceptionObjective(samples, options, {
  suppression: dumps[0]!.suppression,
});
const claims = samples.reduce((sum, sample) => sum + sample.claims.length, 0);
console.log(JSON.stringify({ samples: samples.length, claims, loss }));
