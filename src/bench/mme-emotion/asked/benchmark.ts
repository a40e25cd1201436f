import { basename, join } from "node:path";
import { BenchError, ConfigError } from "../../../core/errors.ts";
import { choose } from "../../ask/choose.ts";
import { defaultClipParts, openClipParts } from "../../ask/clip-parts.ts";
import { storedResponder } from "../../ask/stored-responder.ts";
import { type MmeTask, mmeTasks } from "../../mme-emotion/tasks.ts";
import type { Benchmark, Exam, Grader, Session, SharedOptions } from "../../port.ts";
import { mmeTasksIn, needClips, readMmeTask } from "./data.ts";
import { mmePromptsHash } from "./prompts.ts";
import { judgeMme } from "./run.ts";
import { scoreJudged, storedMmeAnswers } from "./stored.ts";
import { type MmeQuestion, mmeQuestionId, mmeQuestions } from "./task-set.ts";

export interface MmeOptions {
  data?: string;
  tasks?: string[];
  predictions?: string[];
  /** Answers that were judged elsewhere. */
  judged?: string[];
  /** Model that extracts steps; the judge where not given. */
  stepModel?: string;
}

export const mmeEmotion: Benchmark<MmeOptions> = {
  id: "mme-emotion",
  title: "MME-Emotion",
  description: "MME-Emotion: recognition and reasoning, step by step, by a judge",
  options: [
    {
      flags: "--data <folder>",
      description: "question and clue files, clips below their video_id",
    },
    {
      flags: "--tasks <id...>",
      description: `only these: ${mmeTasks.map(({ id }) => id).join(", ")}`,
    },
    {
      flags: "--predictions <file...>",
      description: "stored answers: <task>.json(l), task=file, or one of all",
    },
    {
      flags: "--judged <file...>",
      description: "judged answers as the official scripts write them; no judge",
    },
    {
      flags: "--step-model <name>",
      description: "model that extracts steps (default: the judge)",
    },
  ],
  async prepare(options, session) {
    if (options.judged !== undefined) return { outcome: scoreJudged(options.judged) };
    const data = needData(options);
    const all = readQuestions(data, options);
    const questions = chosenQuestions(all, options);
    needClips(questions, data);
    return exam(all, questions, options, session);
  },
};

function exam(
  all: readonly MmeQuestion[],
  questions: readonly MmeQuestion[],
  options: MmeOptions,
  session: Session,
): Exam {
  const { predictions } = options;
  const asked = mmeQuestions(questions);
  const stored = (entries: readonly string[]) =>
    storedResponder(
      entries.map((entry) => basename(entry)).join(" "),
      storedMmeAnswers(entries, all),
      asked,
      all.map(mmeQuestionId),
    );
  return {
    questions: () => asked,
    ...(predictions !== undefined && {
      responders: [{ stored: true, open: () => stored(predictions) }],
    }),
    grader: () => grader(questions, options, session),
  };
}

function grader(
  questions: readonly MmeQuestion[],
  { stepModel }: MmeOptions,
  session: Session,
): Grader {
  const judge = session.judge();
  const steps = stepModel === undefined ? judge : session.judge(stepModel);
  const clips = openClipParts({ ...defaultClipParts, fps: 1, maxFrames: 10, pick: "first" });
  const tasks = [...new Set(questions.map(({ task }) => task))].join(" ");
  return {
    facts: { judge: judge.id, steps: steps.id, prompts: mmePromptsHash, tasks },
    async grade([answered]) {
      const { result, texts, judged } = await judgeMme(
        questions,
        answered!,
        { steps, judge, clips },
        session,
      );
      const files = [
        ...Object.entries(texts).map(([name, text]) => [join("official", `${name}.txt`), text]),
        ...Object.entries(judged).map(([task, rows]) => [
          join("official", `${task}.json`),
          `${JSON.stringify(rows, null, 2)}\n`,
        ]),
      ];
      return { results: [result], files: Object.fromEntries(files) };
    },
  };
}

function needData({ data }: MmeOptions): string {
  if (data !== undefined) return data;
  throw new ConfigError("DATA_OPTION", "--data is missing", {
    hint: "name the folder of question files and clips; only --judged goes without",
  });
}

function readQuestions(data: string, options: MmeOptions & SharedOptions): MmeQuestion[] {
  const tasks = options.tasks?.map(taskNamed) ?? mmeTasksIn(data);
  if (tasks.length === 0) {
    throw new BenchError("TASKS_NONE", "no question file lies here", {
      file: data,
      hint: `files are named <task>.json and <task>_audio.json as github.com/FunAudioLLM/MME-Emotion gives them out; tasks: ${mmeTasks.map(({ id }) => id).join(", ")}`,
    });
  }
  return tasks.flatMap((task) => readMmeTask(data, task));
}

/** The same part of each task. */
function chosenQuestions(
  all: readonly MmeQuestion[],
  options: MmeOptions & SharedOptions,
): MmeQuestion[] {
  const tasks = [...new Set(all.map(({ task }) => task))];
  return tasks.flatMap((task) => {
    const own = all.filter((question) => question.task === task);
    return choose(own, ({ label }) => label, { ...options, seed: `${options.seed}/${task}` });
  });
}

function taskNamed(name: string): MmeTask {
  const found = mmeTasks.find(({ id }) => id === name);
  if (found) return found.id;
  throw new ConfigError("TASK_UNKNOWN", `no task is called '${name}'`, {
    hint: `tasks: ${mmeTasks.map(({ id }) => id).join(", ")}`,
  });
}
