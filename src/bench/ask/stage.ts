import pLimit from "p-limit";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { type ProgressListener, silent } from "../../core/progress.ts";
import { FailureGuard, type GuardOptions } from "./guards.ts";
import type { RowFile } from "./row-file.ts";

/** One thing to work on. Its result is kept by id, as long as `content` is the same. */
export interface StageItem {
  id: string;
  /** Plain JSON: what the result depends on. */
  content: unknown;
}

/** A result on disk, a failed one among them: what is not written down would change when it is made again. */
export interface StageRow<Result> {
  id: string;
  key: string;
  result: Result;
}

export interface StageFailure {
  code: string;
  message?: string;
}

export interface Stage<Item, Result> {
  /** Name of the step in progress reports and errors. */
  step: string;
  /** `again`: it failed before, so a remembered reply is not to be taken for a new one. */
  work(item: Item, again: boolean): Promise<Result>;
  /** What went wrong, where a second try may help. */
  failure(result: Result): StageFailure | undefined;
  /** Nothing was tried, so it tells nothing about the server. */
  idle?(result: Result): boolean;
  /** Without it nothing is remembered. */
  rows?: RowFile<StageRow<Result>>;
}

export interface StageOptions extends GuardOptions {
  concurrency: number;
  /** Work again on what failed in an earlier run. */
  retryFailed?: boolean;
  progress?: ProgressListener;
}

/**
 * Works through items side by side; results come in the items' order. Failures are results.
 * @throws GuardError `STAGE_FAILS` where all fail, or many in a row; and the first error of `work`.
 */
export async function runStage<Item extends StageItem, Result>(
  { step, work, failure, idle = () => false, rows }: Stage<Item, Result>,
  items: readonly Item[],
  { concurrency, retryFailed = false, progress = silent, guardAfter = 20 }: StageOptions,
): Promise<Result[]> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  const guard = new FailureGuard("STAGE_FAILS", `${step}: %n in a row failed`, guardAfter);
  let done = 0;
  const one = async (item: Item): Promise<Result> => {
    const key = sha256(canonicalJson(item.content)).slice(0, 32);
    const known = rows?.find(item.id, key);
    const failed = known !== undefined && failure(known.result) !== undefined;
    if (known !== undefined && !(failed && retryFailed)) return known.result;
    const result = await work(item, failed);
    rows?.add({ id: item.id, key, result });
    if (!idle(result)) guard.outcome(failure(result));
    return result;
  };
  const tasks = items.map((item) =>
    limit(async () => {
      const result = await one(item);
      progress({ step, done: ++done, total: items.length });
      return result;
    }),
  );
  try {
    const results = await Promise.all(tasks);
    guard.end(`${step}: all %n failed`, results.filter((result) => !idle(result)).map(failure));
    return results;
  } catch (error) {
    limit.clearQueue();
    await Promise.allSettled(tasks);
    throw error;
  }
}
