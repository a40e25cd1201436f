import { join } from "node:path";
import { answerNotes } from "../../../bench/ask/answer-notes.ts";
import { askAll } from "../../../bench/ask/ask.ts";
import { totalUsage } from "../../../bench/ask/usage.ts";
import { type MepItems, mepItemsHash } from "../../../bench/mep/reference/items.ts";
import { mepPromptsHash } from "../../../bench/mep/reference/prompts.ts";
import type { MepMask } from "../../../bench/mep/reference/questions.ts";
import { progressPrinter } from "../../print.ts";
import { type Answered, openMepQuestions } from "./mep/ask.ts";
import { type AskingOptions, type ModelOptions, pricesOf } from "./model-options.ts";
import { openModel } from "./open-model.ts";
import { openRun } from "./run-folder.ts";
import { settingsOf } from "./settings.ts";

export interface MepEndpointOptions extends ModelOptions, AskingOptions {
  items: string;
  out: string;
  mask: MepMask;
  clips?: string;
  probeTokens?: number;
}

/** Asks a model behind a server everything; its own folder inside the results' remembers answers. */
export async function askEndpoint(items: MepItems, options: MepEndpointOptions): Promise<Answered> {
  const { responder } = openModel(options);
  const { probeTokens } = options;
  const settings = {
    ...settingsOf(options, true),
    ...(probeTokens !== undefined && { "probe tokens": probeTokens }),
  };
  const folder = join(options.out, responder.id.replaceAll(/[^\w.-]+/g, "_"));
  const journal = openRun(folder, {
    benchmark: "mep",
    model: responder.id,
    items: mepItemsHash(items),
    prompts: mepPromptsHash,
    mask: options.mask,
    ...settings,
  });
  const questions = await openMepQuestions(items, options);
  const asked = await askAll(questions, responder, journal, {
    concurrency: options.concurrency,
    retryFailed: options.retryFailed === true,
    guardAfter: options.guard ? 20 : 0,
    progress: progressPrinter(),
  });
  const failures: Record<string, number> = {};
  for (const { code } of asked.failures.values()) failures[code] = (failures[code] ?? 0) + 1;
  const usage = totalUsage(asked.answers.values(), [], pricesOf(options));
  return {
    model: responder.id,
    answers: [...asked.answers].map(([id, { text }]) => ({ id, text })),
    settings,
    notes: answerNotes(asked.answers.values()),
    ...(asked.failures.size > 0 && { failures }),
    ...(usage && { usage }),
  };
}
