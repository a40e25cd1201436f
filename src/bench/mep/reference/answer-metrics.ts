import type { BootstrapOptions, JoinedSeries } from "../../../core/ratio.ts";
import { parseResponse } from "../../../cues/response.ts";
import type { Generation } from "../shared/generate.ts";
import { type Estimates, estimateAll, seriesByMetric } from "./estimates.ts";
import type { MepItems } from "./items.ts";
import type { MepMetric } from "./metric.ts";

/** Is an answer one of the right ones? */
export type IsRight = (answer: string, labels: readonly string[]) => boolean;

export const sameWord: IsRight = (answer, labels) =>
  labels.some((label) => label.trim().toLowerCase() === answer.trim().toLowerCase());

/** The answer of a response, and whether it is right; null where the clip has no label. */
export function readAnswer(
  text: string,
  labels: readonly string[],
  isRight: IsRight,
): { answer: string | null; correct: boolean | null; wellFormed: boolean } {
  const { answer, wellFormed } = parseResponse(text);
  const given = answer?.text.trim() ?? null;
  const correct = labels.length === 0 ? null : given !== null && isRight(given, labels);
  return { answer: given, correct, wellFormed };
}

export interface AnswerMetric
  extends Pick<MepMetric, "id" | "label" | "unit" | "better" | "about"> {
  /** Numerator and denominator of one response. */
  of(response: Judged): readonly [number, number];
}

interface Judged extends ReturnType<typeof readAnswer> {
  tokens: number;
  truncated: boolean;
}

/** Numbers about full-input responses that need no cue. */
export const answerMetrics: readonly AnswerMetric[] = [
  {
    id: "accuracy",
    label: "accuracy",
    unit: "percent",
    better: "higher",
    about: "responses whose answer is a label of the clip, of those to clips that have one",
    of: ({ correct }) => (correct === null ? [0, 0] : [Number(correct), 1]),
  },
  {
    id: "format",
    label: "format",
    unit: "percent",
    better: "higher",
    about: "well-formed responses",
    of: ({ wellFormed }) => [Number(wellFormed), 1],
  },
  {
    id: "tokens",
    label: "tokens",
    unit: "count",
    better: "neither",
    about: "tokens per response",
    of: ({ tokens }) => [tokens, 1],
  },
  {
    id: "truncated",
    label: "cut off",
    unit: "percent",
    better: "lower",
    about: "responses cut at the length limit",
    of: ({ truncated }) => [Number(truncated), 1],
  },
];

/** `answerMetrics` of one full-input response per sample. */
export function answerEstimates(
  items: MepItems,
  responses: readonly Generation[],
  { labels, isRight }: { labels: ReadonlyMap<string, readonly string[]>; isRight: IsRight },
  bootstrap: BootstrapOptions,
): { estimates: Estimates; series: Record<string, JoinedSeries> } {
  const judged = responses.map(({ text, completion }, index): Judged => {
    const right = labels.get(items.samples[index]!.id) ?? [];
    return {
      ...readAnswer(text, right, isRight),
      tokens: completion.tokens.length,
      truncated: completion.stop === "length",
    };
  });
  const metrics = answerMetrics.map(({ id, unit, of }) => {
    return { id, unit, join: "only" as const, parts: [of] };
  });
  const series = seriesByMetric(metrics, judged);
  return { estimates: estimateAll(metrics, series, bootstrap), series };
}
