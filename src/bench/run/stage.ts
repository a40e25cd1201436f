import pLimit from "p-limit";
import { type ProgressListener, silent } from "../../core/progress.ts";

export interface StageOptions {
  concurrency: number;
  progress?: ProgressListener;
}

/** Works through items side by side; results come in the items' order. The first error stops it. */
export async function runStage<Item, Result>(
  step: string,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  { concurrency, progress = silent }: StageOptions,
): Promise<Result[]> {
  const limit = pLimit({ concurrency, rejectOnClear: true });
  let done = 0;
  const tasks = items.map((item) =>
    limit(async () => {
      const result = await work(item);
      progress({ step, done: ++done, total: items.length });
      return result;
    }),
  );
  try {
    return await Promise.all(tasks);
  } catch (error) {
    limit.clearQueue();
    await Promise.allSettled(tasks);
    throw error;
  }
}
