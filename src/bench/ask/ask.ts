import { OppoError } from "../../core/errors.ts";
import { AnswerGuard } from "./guards.ts";
import { isHopeless } from "./hopeless.ts";
import { type AskedResult, type Journal, questionContent } from "./journal.ts";
import type { Answer, Question, Responder } from "./port.ts";
import { runStage, type StageGuard, type StageOptions } from "./stage.ts";

export interface AskOptions extends StageOptions {
  /** In place of the benchmark's own limit on an answer. */
  maxTokens?: number;
  /** Name of the step in progress reports. */
  step?: string;
}

/** Every question is in exactly one of the two. */
export interface Asked {
  /** By question id, in the questions' order. */
  answers: Map<string, Omit<Answer, "attempts">>;
  failures: Map<string, { code: string; message: string }>;
}

/** A question as an item of a stage. */
interface Item {
  id: string;
  content: unknown;
  question: Question;
}

/**
 * Asks what the journal does not know yet, and writes each outcome down at once. A failure is
 * recorded and counted, and the others go on.
 * @throws GuardError where all answers, or all failures, are alike; the EndpointError of a wrong
 *   key or model name; whatever is no OppoError.
 */
export async function askAll(
  all: readonly Question[],
  responder: Responder,
  journal: Journal<AskedResult>,
  options: AskOptions,
): Promise<Asked> {
  const { maxTokens, step = "ask" } = options;
  const questions = maxTokens === undefined ? all : all.map((one) => ({ ...one, maxTokens }));
  const items = questions.map((question): Item => {
    return { id: question.id, content: questionContent(question), question };
  });
  const results = await runStage<Item, AskedResult>(
    {
      step,
      work: ({ question }) => ask(question, responder),
      failure: (result) => ("error" in result ? result.error : undefined),
      rows: journal,
      guard: answerGuard(options),
    },
    items,
    options,
  );
  return sorted(questions, results);
}

async function ask(question: Question, responder: Responder): Promise<AskedResult> {
  try {
    const { attempts, ...answer } = await responder.respond(question);
    return { answer, attempts };
  } catch (error) {
    if (!(error instanceof OppoError) || isHopeless(error)) throw error;
    const { code, message } = error;
    return { error: { code, message } };
  }
}

function answerGuard(options: AskOptions): StageGuard<Item, AskedResult> {
  const guard = new AnswerGuard(options);
  return {
    known({ question }, result) {
      if ("answer" in result) guard.answer(question, result.answer);
    },
    outcome({ question }, result) {
      if ("answer" in result) guard.answer(question, result.answer);
      else guard.failure(result.error);
    },
    end(results) {
      guard.end(
        results.length,
        results.flatMap((result) => ("error" in result ? result.error : [])),
      );
    },
  };
}

function sorted(questions: readonly Question[], results: readonly AskedResult[]): Asked {
  const asked: Asked = { answers: new Map(), failures: new Map() };
  for (const [index, { id }] of questions.entries()) {
    const result = results[index]!;
    if ("answer" in result) asked.answers.set(id, result.answer);
    else asked.failures.set(id, result.error);
  }
  return asked;
}
