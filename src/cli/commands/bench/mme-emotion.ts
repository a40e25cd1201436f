import { basename, join } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { choose } from "../../../bench/ask/choose.ts";
import { defaultClipParts, openClipParts } from "../../../bench/ask/clip-parts.ts";
import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import { storedResponder } from "../../../bench/ask/stored-responder.ts";
import { mmeTasksIn, needClips, readMmeTask } from "../../../bench/mme-emotion/asked/data.ts";
import { mmePromptsHash } from "../../../bench/mme-emotion/asked/prompts.ts";
import { runMme } from "../../../bench/mme-emotion/asked/run.ts";
import {
  type MmeQuestion,
  mmeQuestionId,
  mmeQuestions,
} from "../../../bench/mme-emotion/asked/task-set.ts";
import { type MmeTask, mmeTasks } from "../../../bench/mme-emotion/tasks.ts";
import { BenchError, ConfigError } from "../../../core/errors.ts";
import { writeFileAtomic, writeJson } from "../../../core/files.ts";
import { progressPrinter } from "../../print.ts";
import { scoreJudged, storedMmeAnswers } from "./mme-stored.ts";
import {
  type AskingOptions,
  addAskingOptions,
  addJudgeOptions,
  addModelOptions,
  given,
  type JudgeOptions,
  type ModelOptions,
  pricesOf,
} from "./model-options.ts";
import { openJudge, openModel } from "./open-model.ts";
import { openRun, openStageRows, runFolder } from "./run-folder.ts";
import { settingsOf } from "./settings.ts";
import { writeResults } from "./write.ts";

export interface MmeOptions extends ModelOptions, JudgeOptions, AskingOptions {
  data?: string;
  tasks?: string[];
  predictions?: string[];
  /** Answers that were judged elsewhere. */
  judged?: string[];
  /** Model that extracts steps; the judge where not given. */
  stepModel?: string;
}

/** Runs MME-Emotion, or judges stored answers, and writes results and the official reports. */
export async function runMmeEmotion(options: MmeOptions): Promise<BenchmarkResult> {
  const out = runFolder(options, "mme-emotion", options.model ?? "predictions");
  if (options.judged !== undefined) return scoreJudged(options.judged, out, options.name);
  const data = needData(options);
  const all = readQuestions(data, options);
  const questions = chosenQuestions(all, options);
  needClips(questions, data);
  const { predictions } = options;
  const { responder, clips } =
    predictions === undefined
      ? openModel(options)
      : {
          responder: storedResponder(
            predictions.map((entry) => basename(entry)).join(" "),
            storedMmeAnswers(predictions, all),
            mmeQuestions(questions),
            all.map(mmeQuestionId),
          ),
          clips: undefined,
        };
  const judge = openJudge(options, out);
  const { stepModel } = options;
  const steps =
    stepModel === undefined ? judge : openJudge({ ...options, judgeModel: stepModel }, out);
  const judgeClips = openClipParts({ ...defaultClipParts, fps: 1, maxFrames: 10, pick: "first" });
  const settings = settingsOf(options, clips !== undefined);
  const tasks = [...new Set(questions.map(({ task }) => task))].join(" ");
  const journal = openRun(out, {
    benchmark: "mme-emotion",
    model: responder.id,
    judge: judge.id,
    steps: steps.id,
    prompts: mmePromptsHash,
    tasks,
    ...settings,
  });
  const { result, texts, judged } = await runMme(
    questions,
    responder,
    { steps, judge, clips: judgeClips },
    journal,
    {
      concurrency: options.concurrency,
      retryFailed: options.retryFailed === true,
      guardAfter: options.guard && predictions === undefined ? 20 : 0,
      judgeGuardAfter: options.guard ? 20 : 0,
      judgements: openStageRows(out, "judged"),
      progress: progressPrinter(),
      prices: pricesOf(options),
      ...(clips !== undefined &&
        options.maxTokens !== undefined && { maxTokens: options.maxTokens }),
      settings,
    },
  );
  for (const [name, text] of Object.entries(texts)) {
    writeFileAtomic(join(out, "official", `${name}.txt`), text);
  }
  for (const [task, rows] of Object.entries(judged)) {
    writeJson(join(out, "official", `${task}.json`), rows);
  }
  writeResults(out, [result], options.name);
  return result;
}

function needData({ data }: MmeOptions): string {
  if (data !== undefined) return data;
  throw new ConfigError("DATA_OPTION", "--data is missing", {
    hint: "name the folder of question files and clips; only --judged goes without",
  });
}

function readQuestions(data: string, options: MmeOptions): MmeQuestion[] {
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
function chosenQuestions(all: readonly MmeQuestion[], options: MmeOptions): MmeQuestion[] {
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

/** `oppo bench mme-emotion`. */
export const mmeEmotionCommand = () =>
  addJudgeOptions(
    addAskingOptions(
      addModelOptions(
        new Command("mme-emotion")
          .description("MME-Emotion: recognition and reasoning, step by step, by a judge")
          .option("--data <folder>", "question and clue files, clips below their video_id")
          .option("--tasks <id...>", `only these: ${mmeTasks.map(({ id }) => id).join(", ")}`)
          .option(
            "--predictions <file...>",
            "stored answers: <task>.json(l), task=file, or one of all",
          )
          .option(
            "--judged <file...>",
            "judged answers as the official scripts write them; no judge",
          )
          .option(
            "--step-model <name>",
            "model that extracts steps (default: the judge)",
          ) as unknown as Command,
      ),
    ),
  ).action(async (options) => {
    await runMmeEmotion(given<MmeOptions>(options));
  });
