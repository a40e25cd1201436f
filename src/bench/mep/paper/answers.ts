import { answerNotes } from "../../ask/answer-notes.ts";
import type { BenchmarkResult } from "../../ask/result.ts";
import { readStoredAnswers } from "../../ask/stored-responder.ts";
import { totalUsage } from "../../ask/usage.ts";
import type { Answered, Session, Settings } from "../../port.ts";
import { describeId } from "../reference/questions.ts";
import type { PaperItems } from "./items.ts";
import type { PaperMask } from "./questions.ts";

/** What one model said, by question. */
export interface PaperAnswered {
  model: string;
  texts: ReadonlyMap<string, string>;
  /** Error codes of questions that were asked without an answer. */
  failures: ReadonlyMap<string, string>;
  /** Where `stored`, made elsewhere: questions without an answer were not asked. */
  by: "server" | "system" | "stored";
  usage?: NonNullable<BenchmarkResult["usage"]>;
  settings: Settings;
  notes: readonly string[];
}

/** What a model behind a server said, or a trained system of this project. */
export function asked(
  { model, asked, settings }: Answered,
  system: boolean,
  { prices }: Session,
): PaperAnswered {
  const usage = totalUsage(asked.answers.values(), [], prices);
  return {
    model,
    texts: new Map([...asked.answers].map(([id, { text }]) => [id, text])),
    failures: new Map([...asked.failures].map(([id, { code }]) => [id, code])),
    by: system ? "system" : "server",
    ...(usage && { usage }),
    settings,
    notes: system ? [likelihood] : answerNotes(asked.answers.values()),
  };
}

const likelihood =
  "This system answers probes by likelihood, not in words: its yes and no do not belong in one ranking with a chat model's.";

/** Stored answers; an id that is a sample's belongs to its description. @throws BenchError. */
export function storedPaperAnswers(
  file: string,
  items: PaperItems,
  mask: PaperMask,
  settings: Settings,
): PaperAnswered {
  const samples = new Set(items.samples.map(({ id }) => id));
  const texts = [...readStoredAnswers(file)].map(
    ([id, text]) => [samples.has(id) ? describeId(id, "full", mask) : id, text] as const,
  );
  return {
    model: file,
    texts: new Map(texts),
    failures: new Map(),
    by: "stored",
    settings,
    notes: [],
  };
}
