import { withOpened } from "../../src/cli/opened.ts";
import type { ProgressListener } from "../../src/core/progress.ts";
import type { BootstrapOptions } from "../../src/core/ratio.ts";
import { courseOf } from "./course.ts";
import type { FinishedRun } from "./finished-run.ts";
import { type Gap, gapOf, gapTexts, readGap } from "./gap.ts";
import { measureHacks } from "./hacks.ts";
import { type Masked, measureMasked } from "./masked.ts";
import { measureReach, type Reach } from "./reach.ts";
import type { RunMeasured } from "./result.ts";
import { openScoring, type Scoring } from "./scoring.ts";

export interface MeasureOptions {
  /** Bootstrap draws. */
  draws: number;
  /** The run's encoder without its thesaurus. */
  plain: boolean;
  /** Whether policies are read; else reach and hacks alone. */
  passes: boolean;
}

/** The three questions, asked of one run. */
export async function measureRun(
  run: FinishedRun,
  { draws, plain, passes }: MeasureOptions,
  progress: ProgressListener,
): Promise<RunMeasured> {
  const bootstrap: BootstrapOptions = { draws, seed: `printed/${run.seed}` };
  const { folder, seed, clips, itemsHash, stopped, versions: trainedWith, systems } = run;
  const trained = systems.slice(1);
  return withOpened(async (keep) => {
    const scoring = keep(await openScoring(run, plain));
    const reach: Record<string, Reach> = {};
    for (const [at, system] of systems.entries()) {
      reach[system] = await measureReach(run, system, scoring, bootstrap);
      progress({ step: `${folder}: reach`, done: at + 1, total: systems.length });
    }
    const hacks = await measureHacks(run, scoring, bootstrap);
    progress({ step: `${folder}: hacks`, done: 1, total: 1 });
    const read = passes
      ? await measurePasses(run, scoring, { bootstrap, progress })
      : { masked: {}, gap: {} };
    return {
      folder,
      seed,
      clips: clips.length,
      itemsHash,
      stopped,
      trainedWith,
      course: Object.fromEntries(trained.map((name) => [name, courseOf(run.metrics(name))])),
      reach,
      ...read,
      hacks,
    };
  });
}

/** Every trained system's passes beside the cold start's. */
async function measurePasses(
  run: FinishedRun,
  scoring: Scoring,
  controls: { bootstrap: BootstrapOptions; progress: ProgressListener },
): Promise<Pick<RunMeasured, "masked" | "gap">> {
  const { bootstrap, progress } = controls;
  const [start, ...trained] = run.systems as [string, ...string[]];
  return withOpened(async (keep) => {
    const before = keep(await run.policy(start));
    const texts = await gapTexts(run, scoring);
    const startGap = await readGap(before, texts, start, progress);
    const gap: Record<string, Gap> = { [start]: gapOf(startGap, startGap, bootstrap) };
    const masked: Record<string, Masked> = {};
    for (const system of trained) {
      await withOpened(async (hold) => {
        const after = hold(await run.policy(system));
        masked[system] = await measureMasked(run, system, { before, after }, scoring, controls);
        gap[system] = gapOf(startGap, await readGap(after, texts, system, progress), bootstrap);
      });
    }
    return { masked, gap };
  });
}
