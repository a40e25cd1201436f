import { dirname, join } from "node:path";
import { type AskOptions, askAll } from "../../../../bench/ask/ask.ts";
import { type Choice, choose } from "../../../../bench/ask/choose.ts";
import type { Question, Responder } from "../../../../bench/ask/port.ts";
import type { BenchmarkResult } from "../../../../bench/ask/result.ts";
import { openMaskStore } from "../../../../bench/mask-media/mask-store.ts";
import { mepQuestionsWithMedia } from "../../../../bench/mep/asked/questions-with-media.ts";
import { type MepItems, mepItemsHash } from "../../../../bench/mep/reference/items.ts";
import { mepPromptsHash } from "../../../../bench/mep/reference/prompts.ts";
import { defaultQuestionOptions, type MepMask } from "../../../../bench/mep/reference/questions.ts";
import type { MepAnswer } from "../../../../bench/mep/reference/score.ts";
import { BenchError, ConfigError } from "../../../../core/errors.ts";
import { progressPrinter } from "../../../print.ts";
import { openRun } from "../run-folder.ts";

/** What one model said. */
export interface Answered {
  model: string;
  answers: MepAnswer[];
  /** Questions without an answer, by error code. */
  failures?: Record<string, number>;
  usage?: NonNullable<BenchmarkResult["usage"]>;
  /** How it was asked, as far as answers depend on it. */
  settings?: BenchmarkResult["protocol"]["settings"];
  notes?: readonly string[];
}

/** Part of the items, in proportion to samples whose face and voice agree or not; undefined for all of them. */
export function chosenSamples(items: MepItems, choice: Choice): ReadonlySet<string> | undefined {
  if (choice.limit === undefined && choice.sample === undefined) return undefined;
  const chosen = choose(items.samples, ({ congruent }) => String(congruent), choice);
  return new Set(chosen.map(({ id }) => id));
}

/**
 * The questions with the files models are given. Masked clips lie beside the items: all models get the same.
 * @throws ConfigError `MEP_CLIPS` without a folder of clips; BenchError `MEP_TEXT_ONLY`; as `mepQuestionsWithMedia`.
 */
export async function openMepQuestions(
  items: MepItems,
  options: Choice & {
    clips?: string;
    mask: MepMask;
    items: string;
    maxTokens?: number;
    probeTokens?: number;
  },
): Promise<Question[]> {
  const { clips, mask, items: itemFile } = options;
  const only = chosenSamples(items, options);
  if (clips === undefined) {
    throw new ConfigError("MEP_CLIPS", "--clips is missing: models are given real files", {
      hint: "name the folder that the items were built with",
    });
  }
  if (items.samples.every(({ clip }) => clip === undefined)) {
    throw new BenchError("MEP_TEXT_ONLY", "these items have no clips: there is nothing to show", {
      file: itemFile,
      hint: "build them with --clips, or score stored descriptions with --answers",
    });
  }
  const media = {
    clips,
    masks: openMaskStore(join(dirname(itemFile), "masked")),
    progress: progressPrinter(),
    ...(only !== undefined && { only }),
  };
  return mepQuestionsWithMedia(items, media, {
    ...defaultQuestionOptions,
    mask,
    ...(options.maxTokens !== undefined && { describeTokens: options.maxTokens }),
    ...(options.probeTokens !== undefined && { probeTokens: options.probeTokens }),
  });
}

/** Asks one model everything; a folder of its own inside the results' remembers answers for the next call. */
export async function askModel(
  items: MepItems,
  questions: readonly Question[],
  responder: Responder,
  { mask, out }: { mask: MepMask; out: string },
  options: AskOptions,
): Promise<Answered> {
  const name = responder.id.replace(/[^\w.-]+/g, "_");
  const journal = openRun(join(out, `${name}-${mask}`), {
    benchmark: "mep",
    model: responder.id,
    items: mepItemsHash(items),
    prompts: mepPromptsHash,
    mask,
  });
  const asked = await askAll(questions, responder, journal, {
    progress: progressPrinter(),
    step: `ask ${responder.id}`,
    ...options,
  });
  const failures: Record<string, number> = {};
  for (const { code } of asked.failures.values()) failures[code] = (failures[code] ?? 0) + 1;
  return {
    model: responder.id,
    answers: [...asked.answers].map(([id, { text }]) => ({ id, text })),
    ...(asked.failures.size > 0 && { failures }),
  };
}
