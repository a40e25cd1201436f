import type { Question } from "../../ask/port.ts";
import type { MmeTask } from "../tasks.ts";
import { mmeQuestionPrompt } from "./prompts.ts";

/** One clip of a task. */
export interface MmeQuestion {
  task: MmeTask;
  /** As the benchmark names it: a path with corpus and file. */
  id: string;
  label: string;
  labelSet: string;
  /** Path of the clip; it may be missing where answers are only judged. */
  video: string;
  /** What a listening model wrote about the sound, for the judge. */
  audioClue?: string;
}

const answerTokens = 768;

export const mmeQuestionId = ({ task, id }: Pick<MmeQuestion, "task" | "id">): string =>
  `${task}/${id}`;

export function mmeQuestions(questions: readonly MmeQuestion[]): Question[] {
  return questions.map((question) => ({
    id: mmeQuestionId(question),
    media: { video: question.video, audio: question.video },
    prompt: mmeQuestionPrompt(question.task, question.labelSet),
    maxTokens: answerTokens,
  }));
}
