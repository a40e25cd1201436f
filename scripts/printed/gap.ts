import { type GapSums, type GapText, readGaps } from "../../src/bench/printed/gap.ts";
import { gapStreams } from "../../src/bench/printed/rules.ts";
import type { ProgressListener } from "../../src/core/progress.ts";
import {
  type BootstrapOptions,
  type Difference,
  differenceJoined,
  type Estimate,
  estimateJoined,
  seriesOf,
} from "../../src/core/ratio.ts";
import { Rng } from "../../src/core/rng.ts";
import type { EvidenceModality } from "../../src/cues/cue.ts";
import { otherModality, streamOf } from "../../src/cues/streams.ts";
import type { Policy } from "../../src/policy/port.ts";
import { maskPrompt } from "../../src/prompt/masks.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";
import type { FinishedRun, HeldOut } from "./finished-run.ts";
import { readTexts } from "./masked.ts";
import type { Scoring } from "./scoring.ts";

const parts = ["divergence", "information", "gap"] as const;

/** Nats a token at the evidence of the clip's reference. */
export interface Gap {
  estimates: Record<string, Estimate>;
  /** Less the cold start's. */
  changes: Record<string, Difference>;
}

/** References of the held-out clips with streams that could stand in for their own. */
export async function gapTexts(run: FinishedRun, scoring: Scoring): Promise<GapText[]> {
  const references = run.clips.map(({ row }) => row.reference);
  const texts = await readTexts(run, references, scoring);
  return run.clips.map((clip, at) => {
    const shown = (modality: EvidenceModality) => streamsFor(clip, modality, run);
    const hidden = (modality: EvidenceModality) =>
      maskPrompt(clip.prompt, streamOf[modality], "blank", { blank: run.blank });
    const { tokens, evidence } = texts[at]!;
    return {
      id: clip.id,
      tokens,
      evidence,
      shown: { visual: shown("visual"), acoustic: shown("acoustic") },
      hidden: { visual: hidden("visual"), acoustic: hidden("acoustic") },
    };
  });
}

/**
 * The clip's prompt with streams of clips whose other stream is of the same emotion: draws of what
 * the hidden stream could be, given the one that is kept. The clip itself is one of them.
 */
function streamsFor(
  { id, item, prompt }: HeldOut,
  modality: EvidenceModality,
  { clips, seed }: FinishedRun,
): Prompt[] {
  const kept = otherModality[modality];
  const alike = clips.filter((other) => other.item.emotion[kept] === item.emotion[kept]);
  const rng = new Rng(`${seed}/printed streams/${id}/${modality}`);
  return Array.from({ length: gapStreams }, () =>
    maskPrompt(prompt, streamOf[modality], "swap", { donor: rng.pick(alike).prompt }),
  );
}

export function readGap(
  policy: Policy,
  texts: readonly GapText[],
  system: string,
  progress: ProgressListener,
): Promise<GapSums[]> {
  return readGaps(policy, texts, 64, (report) =>
    progress({ ...report, step: `${system}: ${report.step}` }),
  );
}

export function gapOf(
  before: readonly GapSums[],
  after: readonly GapSums[],
  bootstrap: BootstrapOptions,
): Gap {
  const series = (sums: readonly GapSums[], part: keyof GapSums) =>
    seriesOf(sums.map((each) => each[part]));
  const only = (sums: readonly GapSums[], part: keyof GapSums) =>
    ({ parts: [series(sums, part)], join: "only" }) as const;
  const change = (part: keyof GapSums) =>
    differenceJoined(only(after, part), only(before, part), 1, bootstrap);
  return {
    estimates: Object.fromEntries(
      parts.map((part) => [part, estimateJoined([series(after, part)], "only", 1, bootstrap)]),
    ),
    changes: Object.fromEntries(parts.map((part) => [part, change(part)])),
  };
}
