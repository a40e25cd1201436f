import { BenchError } from "../../../core/errors.ts";
import { type EvidenceModality, evidenceModalities } from "../../../cues/cue.ts";
import { type MediaMask, masksAt } from "../../../prompt/masks.ts";
import type { MepItems, MepSample } from "./items.ts";
import { describePrompt, probePrompt } from "./prompts.ts";

/**
 * How a stream is hidden: every kind of the table that media files have. A swap's donor is frozen.
 */
export const mepMasks: readonly MediaMask[] = masksAt("media");
export type MepMask = MediaMask;

/** What becomes of each stream of a sample in one question. */
export interface MepInput {
  video: "own" | MepMask;
  audio: "own" | MepMask;
}

/** What a description is asked under; `text-only` and `no-subtitle` are controls. */
export type MepCondition =
  | "full"
  | "visual-masked"
  | "acoustic-masked"
  | "text-only"
  | "no-subtitle";

/**
 * One question of the benchmark, before media are made. Ids are stable: answers are found by them.
 */
export interface MepQuestion {
  id: string;
  sample: string;
  task:
    | { kind: "describe"; condition: MepCondition }
    | { kind: "probe"; probe: string; masked: boolean };
  input: MepInput;
  subtitle?: string;
  prompt: string;
  maxTokens: number;
}

export interface MepQuestionOptions {
  mask: MepMask;
  /** Descriptions without any stream, and without subtitle where there is one. */
  controls: boolean;
  describeTokens: number;
  probeTokens: number;
}

export const defaultQuestionOptions: MepQuestionOptions = {
  mask: "blank",
  controls: true,
  describeTokens: 512,
  probeTokens: 16,
};

const own: MepInput = { video: "own", audio: "own" };
const nothing: MepInput = { video: "drop", audio: "drop" };

const masked = (modality: EvidenceModality, mask: MepMask): MepInput =>
  modality === "visual" ? { ...own, video: mask } : { ...own, audio: mask };

/**
 * Id of a description; the masking variant is part of it, so runs under two variants can be merged.
 */
export const describeId = (sample: string, condition: MepCondition, mask: MepMask): string =>
  condition === "visual-masked" || condition === "acoustic-masked"
    ? `${sample}/describe/${condition}/${mask}`
    : `${sample}/describe/${condition}`;

export const probeId = (sample: string, probe: string, mask: MepMask | null): string =>
  `${sample}/probe/${probe}/${mask === null ? "intact" : `masked/${mask}`}`;

/**
 * All questions of an item set, sample by sample. Samples without a clip get text-only descriptions
 * alone: there is nothing to mask and nothing to be asked about.
 * @throws BenchError `MEP_NO_QUESTIONS` where that leaves nothing.
 */
export function mepQuestions(
  items: MepItems,
  options: MepQuestionOptions = defaultQuestionOptions,
): MepQuestion[] {
  const questions = items.samples.flatMap((sample) => [
    ...descriptions(sample, options),
    ...(sample.clip === undefined ? [] : probes(sample, options)),
  ]);
  if (questions.length === 0) {
    throw new BenchError("MEP_NO_QUESTIONS", "no sample has a clip, and controls are off", {
      hint: "build the items with --clips, or leave the text-only control on",
    });
  }
  return questions;
}

function descriptions(sample: MepSample, options: MepQuestionOptions): MepQuestion[] {
  const ask = (condition: MepCondition, input: MepInput, subtitle = sample.subtitle) => ({
    id: describeId(sample.id, condition, options.mask),
    sample: sample.id,
    task: { kind: "describe" as const, condition },
    input,
    ...(subtitle !== undefined && subtitle !== "" && { subtitle }),
    prompt: describePrompt(subtitle),
    maxTokens: options.describeTokens,
  });
  const control = options.controls ? [ask("text-only", nothing)] : [];
  if (sample.clip === undefined) return control;
  const spoken = sample.subtitle !== undefined && sample.subtitle !== "";
  return [
    ask("full", own),
    ask("visual-masked", masked("visual", options.mask)),
    ask("acoustic-masked", masked("acoustic", options.mask)),
    ...control,
    ...(options.controls && spoken ? [ask("no-subtitle", own, "")] : []),
  ];
}

function probes(sample: MepSample, options: MepQuestionOptions): MepQuestion[] {
  return evidenceModalities.flatMap((modality) =>
    sample.probes
      .filter((probe) => probe.modality === modality)
      .flatMap((probe) => {
        const ask = (input: MepInput, mask: MepMask | null): MepQuestion => ({
          id: probeId(sample.id, probe.id, mask),
          sample: sample.id,
          task: { kind: "probe", probe: probe.id, masked: mask !== null },
          input,
          ...(sample.subtitle !== undefined && { subtitle: sample.subtitle }),
          prompt: probePrompt(modality, probe.cue, sample.subtitle),
          maxTokens: options.probeTokens,
        });
        const intact = ask(own, null);
        return probe.kind === "absent"
          ? [intact]
          : [intact, ask(masked(modality, options.mask), options.mask)];
      }),
  );
}
