import { basename } from "node:path";
import { BenchError } from "../../../core/errors.ts";
import { type MmeTask, mmeTasks } from "../tasks.ts";

export interface TaskFile {
  file: string;
  /** Undefined where the name tells nothing. */
  task: MmeTask | undefined;
}

/**
 * `task=file`, or a file whose name begins with the task's: `ER-Lab.json`, `ER-Lab_judged.json`.
 */
export function taskFile(entry: string): TaskFile {
  const at = entry.indexOf("=");
  const assigned = mmeTasks.find(({ id }) => id === entry.slice(0, Math.max(0, at)));
  if (assigned) return { task: assigned.id, file: entry.slice(at + 1) };
  const name = basename(entry);
  const named = mmeTasks.find(({ id }) => name.startsWith(id) && !/^[\w-]/.test(rest(name, id)));
  return { task: named?.id, file: entry };
}

/** What follows the task's name; an underscore may part it from words. */
const rest = (name: string, id: string): string => name.slice(id.length).replace(/^_/, ".");

/** @throws BenchError `TASK_UNNAMED`. */
export function needTask({ task, file }: TaskFile): MmeTask {
  if (task !== undefined) return task;
  throw new BenchError("TASK_UNNAMED", "which task is this file of?", {
    file,
    hint: `name it after its task, or write task=file; tasks: ${mmeTasks.map(({ id }) => id).join(", ")}`,
  });
}
