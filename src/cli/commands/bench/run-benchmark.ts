import { join } from "node:path";
import { type Asked, askAll } from "../../../bench/ask/ask.ts";
import type { Question, Responder } from "../../../bench/ask/port.ts";
import type { BenchmarkResult } from "../../../bench/ask/result.ts";
import {
  type Answered,
  type Benchmark,
  type Exam,
  type Grader,
  isFinished,
  type Session,
  type Settings,
} from "../../../bench/port.ts";
import { writeFileAtomic } from "../../../core/files.ts";
import { type BenchmarkView, benchmarkViews, setsView } from "../../../report/benchmark-view.ts";
import { progressPrinter } from "../../print.ts";
import {
  type AskingOptions,
  type JudgeOptions,
  type ModelOptions,
  pricesOf,
} from "./model/model-options.ts";
import { openJudge, openModel } from "./model/open-model.ts";
import { openRun, openStageRows, runFolder } from "./run-folder.ts";
import { settingsOf } from "./settings.ts";
import { writeResults } from "./write.ts";

/** What a benchmark's command hands over, besides the benchmark's own options. */
export type RunOptions = ModelOptions & JudgeOptions & AskingOptions;

/**
 * Asks, grades and writes results: `results.json`, `results.md`, `results.html`, and the
 * benchmark's own files.
 */
export async function runBenchmark<Own extends object>(
  benchmark: Benchmark<Own>,
  options: Own & RunOptions,
  view: BenchmarkView = benchmarkViews[benchmark.id] ?? setsView(benchmark.title),
): Promise<readonly BenchmarkResult[]> {
  const session = openSession(benchmark, options);
  const prepared = await benchmark.prepare(options, session);
  let { out } = session;
  if (isFinished(prepared)) {
    out = runFolder(options, benchmark.id, prepared.folder ?? modelName(options));
    if (prepared.config !== undefined) openRun(out, prepared.config);
  }
  const outcome = isFinished(prepared)
    ? prepared.outcome
    : await examine(benchmark.id, prepared, options, session);
  for (const [file, text] of Object.entries(outcome.files ?? {})) {
    writeFileAtomic(join(out, file), text);
  }
  writeResults(out, outcome.results, options.name, { [benchmark.id]: view });
  const refusal = outcome.refusal?.(join(out, "results.json"));
  if (refusal !== undefined) throw refusal;
  return outcome.results;
}

function openSession(benchmark: Benchmark<never>, options: RunOptions): Session {
  const out = runFolder(options, benchmark.id, modelName(options));
  const progress = progressPrinter();
  return {
    out,
    judge: (model) =>
      openJudge(model === undefined ? options : { ...options, judgeModel: model }, out),
    rows: (name) => openStageRows(out, name),
    stage: {
      concurrency: options.concurrency,
      retryFailed: options.retryFailed === true,
      guardAfter: guardAfter(options),
      progress,
    },
    prices: pricesOf(options),
    progress,
    extent: settingsOf(options, false),
  };
}

const modelName = ({ model }: RunOptions): string => model ?? "predictions";
const guardAfter = ({ guard }: RunOptions): number => (guard === false ? 0 : 20);

/** Someone who answers, and how. */
interface Opened {
  responder: Responder;
  kind: "server" | "stored" | "local";
}

async function examine(id: string, exam: Exam, options: RunOptions, session: Session) {
  const candidates: readonly (() => Promise<Opened>)[] = exam.responders?.map(
    ({ open, stored, local }) =>
      async (): Promise<Opened> => {
        const kind = stored ? "stored" : local ? "local" : "server";
        return { responder: await open(), kind };
      },
  ) ?? [async () => ({ responder: openModel(options).responder, kind: "server" })];
  const answered: Answered[] = [];
  let grader: Grader | undefined;
  let questions: readonly Question[] | undefined;
  for (const open of candidates) {
    const opened = await open();
    try {
      grader ??= exam.grader();
      const settings = settingsFor(opened, options, grader);
      const { responder } = opened;
      const folder = join(session.out, exam.folderOf?.(responder.id) ?? "");
      const model = responder.id;
      const journal = openRun(folder, { benchmark: id, model, ...grader.facts, ...settings });
      questions ??= await exam.questions();
      const asked = await ask(questions, opened, journal, exam, options);
      answered.push({ model, asked, settings, shown: opened.kind !== "stored" });
    } finally {
      await opened.responder.close?.();
    }
  }
  return grader!.grade(answered);
}

function settingsFor({ kind }: Opened, options: RunOptions, grader: Grader): Settings {
  if (kind === "local") return {};
  return { ...settingsOf(options, kind === "server"), ...grader.settings };
}

function ask(
  questions: readonly Question[],
  { responder, kind }: Opened,
  journal: Parameters<typeof askAll>[2],
  exam: Exam,
  options: RunOptions,
): Promise<Asked> {
  const lengths = kind === "server" && exam.ownLengths !== true ? options.maxTokens : undefined;
  return askAll(questions, responder, journal, {
    concurrency: kind === "local" ? 1 : options.concurrency,
    retryFailed: options.retryFailed === true,
    guardAfter: kind === "stored" ? 0 : guardAfter(options),
    progress: progressPrinter(),
    ...(kind === "local" && { step: `ask ${responder.id}` }),
    ...(lengths !== undefined && { maxTokens: lengths }),
  });
}
