import pLimit from "p-limit";
import { type ProgressListener, silent } from "../../core/progress.ts";
import { FailureGuard, type GuardOptions } from "./guards.ts";
import { contentKey, type Journal } from "./journal.ts";

/** One thing to work on. Its result is kept by id, as long as `content` is the same. */
export interface StageItem {
  id: string;
  /** Plain JSON: what the result depends on. */
  content: unknown;
}

export interface StageFailure {
  code: string;
  message?: string;
}

/** Stops a stage that measures nothing. All of its methods may throw a GuardError. */
export interface StageGuard<Item, Result> {
  /** A result that was known before. */
  known?(item: Item, result: Result): void;
  /** A new result. */
  outcome(item: Item, result: Result): void;
  /** All results, at the end. */
  end(results: readonly Result[]): void;
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
  rows?: Journal<Result>;
  /** Default: stops where all fail, or many in a row. */
  guard?: StageGuard<Item, Result>;
}

export interface StageOptions extends GuardOptions {
  concurrency: number;
  /** Work again on what failed in an earlier run. */
  retryFailed?: boolean;
  progress?: ProgressListener;
}

/**
 * Works through items side by side, what the journal does not know yet; each result is written down
 * at once, and results come in the items' order. Failures are results.
 * @throws GuardError `STAGE_FAILS` where all fail, or many in a row; what the stage's own guard
 *   throws; and the first error of `work`.
 */
export async function runStage<Item extends StageItem, Result>(
  stage: Stage<Item, Result>,
  items: readonly Item[],
  options: StageOptions,
): Promise<Result[]> {
  const { step, work, failure, rows, guard = failureGuard(stage, options) } = stage;
  const { concurrency, retryFailed = false, progress = silent } = options;
  const results = new Map<number, Result>();
  const open: { item: Item; index: number; key: string; again: boolean }[] = [];
  for (const [index, item] of items.entries()) {
    const key = contentKey(item.content);
    const known = rows?.find(item.id, key);
    const failed = known !== undefined && failure(known) !== undefined;
    if (known === undefined || (failed && retryFailed)) {
      open.push({ item, index, key, again: failed });
    } else {
      results.set(index, known);
      guard.known?.(item, known);
    }
  }
  let failures = [...results.values()].filter((one) => failure(one) !== undefined).length;
  const report = () => {
    const values: Record<string, string> = failures === 0 ? {} : { failed: String(failures) };
    progress({ step, done: results.size, total: items.length, values });
  };
  if (items.length > 0) report();
  await sideBySide(concurrency, open, async ({ item, index, key, again }) => {
    const result = await work(item, again);
    rows?.add(item.id, key, result);
    results.set(index, result);
    if (failure(result) !== undefined) failures++;
    guard.outcome(item, result);
    report();
  });
  const all = items.map((_, index) => results.get(index)!);
  guard.end(all);
  return all;
}

/** Once one fails, those that have not begun are left out, and those under way are waited for. */
async function sideBySide<Item>(
  concurrency: number,
  items: readonly Item[],
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  const tasks = items.map((item) => limit(() => work(item)));
  try {
    await Promise.all(tasks);
  } catch (error) {
    limit.clearQueue();
    await Promise.allSettled(tasks);
    throw error;
  }
}

function failureGuard<Item, Result>(
  { step, failure, idle = () => false }: Stage<Item, Result>,
  { guardAfter = 20 }: StageOptions,
): StageGuard<Item, Result> {
  const guard = new FailureGuard("STAGE_FAILS", `${step}: %n in a row failed`, guardAfter);
  return {
    outcome(_item, result) {
      if (!idle(result)) guard.outcome(failure(result));
    },
    end(results) {
      const tried = results.filter((result) => !idle(result));
      guard.end(`${step}: all %n failed`, tried.map(failure));
    },
  };
}
