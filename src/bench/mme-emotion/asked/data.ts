import { existsSync } from "node:fs";
import { join } from "node:path";
import { BenchError } from "../../../core/errors.ts";
import { readJson } from "../../../core/files.ts";
import { type MmeTask, mmeTasks } from "../tasks.ts";
import type { MmeQuestion } from "./task-set.ts";

const source =
  "MME-Emotion, github.com/FunAudioLLM/MME-Emotion: question and audio-clue files of each task; the clips come " +
  "from the source corpora under their own licences";

interface QuestionRow {
  video_id: string;
  label: string;
  label_set: string | string[];
}

interface ClueRow {
  video_id: string;
  audio_clue: string;
}

/** Names under which a task's files are given out. */
const questionFiles = (task: MmeTask): string[] => [
  `${task}.questions.json`,
  `${task}.json`,
  join(task, `${task}.json`),
];
const clueFiles = (task: MmeTask): string[] => [
  `${task}.audio_clues.json`,
  `${task}_audio.json`,
  join(task, `${task}_audio.json`),
];

const found = (data: string, names: readonly string[]): string | undefined =>
  names.map((name) => join(data, name)).find((file) => existsSync(file));

/** Tasks whose question file is there. */
export const mmeTasksIn = (data: string): MmeTask[] =>
  mmeTasks.map(({ id }) => id).filter((id) => found(data, questionFiles(id)) !== undefined);

/**
 * Questions of a task: `{video_id, label, label_set}` rows, or the compact form with `columns` and
 * `rows`; audio clues `{video_id, ground_truth, audio_clue}` next to them.
 * @throws BenchError `DATA_MISSING` that says who gives the data out, `DATA_SHAPE` naming file and
 *   row.
 */
export function readMmeTask(data: string, task: MmeTask): MmeQuestion[] {
  const file = found(data, questionFiles(task));
  if (file === undefined) {
    throw new BenchError("DATA_MISSING", `no question file of ${task}`, {
      file: join(data, questionFiles(task)[0]!),
      hint: `where to get it: ${source}`,
    });
  }
  const rows = readRows(file);
  const clues = readClues(clueFileOf(data, task));
  return rows.map(({ video_id: id, label, label_set: set }) => {
    const clue = clues.get(id);
    return {
      task,
      id,
      label,
      labelSet: typeof set === "string" ? set : set.join(", "),
      video: join(data, id),
      ...(clue !== undefined && { audioClue: clue }),
    };
  });
}

/** Without clues nothing can be judged, and every answer would have been paid for in vain. */
function clueFileOf(data: string, task: MmeTask): string {
  const file = found(data, clueFiles(task));
  if (file !== undefined) return file;
  throw new BenchError("DATA_MISSING", `no audio clues of ${task}: the judge needs them`, {
    file: join(data, clueFiles(task)[1]!),
    hint: `where to get them: ${source}`,
  });
}

/**
 * Clips are shown to the model under test and to the judge.
 * @throws BenchError `CLIPS_MISSING` naming the first ones.
 */
export function needClips(questions: readonly MmeQuestion[], data: string): void {
  const missing = questions.filter(({ video }) => !existsSync(video));
  if (missing.length === 0) return;
  const names = missing.slice(0, 5).map(({ task, id }) => `${task}/${id}`);
  throw new BenchError(
    "CLIPS_MISSING",
    `${missing.length} of ${questions.length} questions have no clip: ${names.join(", ")}`,
    {
      file: data,
      hint: "clips lie under their video_id, from the source corpora; --limit and --sample take a part",
    },
  );
}

function readRows(file: string): QuestionRow[] {
  const content = readJson<unknown>(file);
  const rows = Array.isArray(content) ? content : expanded(content, file);
  for (const [index, row] of rows.entries()) {
    const { video_id: id, label, label_set: set } = (row ?? {}) as Partial<QuestionRow>;
    const known = typeof set === "string" || Array.isArray(set);
    if (typeof id === "string" && typeof label === "string" && known) continue;
    throw new BenchError("DATA_SHAPE", `row ${index + 1} lacks video_id, label or label_set`, {
      file,
      path: String(index),
    });
  }
  return rows as QuestionRow[];
}

/** Rows as arrays, label sets by index: the same content in a fifth of the size. */
function expanded(content: unknown, file: string): QuestionRow[] {
  const { rows, label_sets: sets } = (content ?? {}) as {
    rows?: [string, string, number][];
    label_sets?: string[][];
  };
  if (!Array.isArray(rows) || !Array.isArray(sets)) {
    throw new BenchError("DATA_SHAPE", "neither a list of rows nor rows with label_sets", { file });
  }
  return rows.map(([id, label, set]) => ({ video_id: id, label, label_set: sets[set] ?? [] }));
}

function readClues(file: string): Map<string, string> {
  const rows = readJson<ClueRow[]>(file);
  if (!Array.isArray(rows) || rows.some((row) => typeof row?.audio_clue !== "string")) {
    throw new BenchError("DATA_SHAPE", "not a list of video_id and audio_clue", { file });
  }
  return new Map(rows.map((row) => [row.video_id, row.audio_clue]));
}
