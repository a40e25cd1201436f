import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { MepResult } from "../../src/bench/mep/oracle/result.ts";
import { runExperiment } from "../../src/cli/commands/experiment-run.ts";
import { openData } from "../../src/cli/stages/data.ts";
import { freezeBenchmark } from "../../src/cli/stages/items.ts";
import { runTraining } from "../../src/cli/stages/train.ts";
import { openWorkspace } from "../../src/cli/workspace.ts";
import { type Experiment, experimentOptions } from "../../src/config/schema.ts";
import { readJson, writeJson } from "../../src/core/files.ts";
import { runLayout } from "../../src/runs/layout.ts";
import { readMetrics } from "../../src/runs/record.ts";

const reward = { weights: { accuracy: 1, format: 0.2, perception: 1 }, perception: { mode: "f1" } };
/** The demo's path at its smallest; too small to learn anything but the format. */
const tiny = (name: string): Experiment =>
  experimentOptions.parse({
    name,
    corpus: { clips: { train: 48, validation: 2, test: 8 }, render: { wav: false } },
    policy: { width: 32, layers: 1 },
    executor: { name: "onnx", threads: 1 },
    sft: { epochs: 60, batch: 16, warmupSteps: 5 },
    // So few rollouts may well agree by chance, on some machine: the guards are not what is tested
    // here.
    rl: {
      steps: 4,
      prompts: 3,
      group: 4,
      checkpointEvery: 2,
      guards: { canaryEffect: 1e-9, zeroGradientSteps: 9, constantRewardSteps: 9 },
    },
    variants: {
      grpo: { reward: { weights: { perception: 0 } } },
      oppo: { reward, loss: { preset: "oppo-swap", reference: { weight: 0.02 } } },
    },
    bench: { items: { probesPerModality: 1 }, evaluation: { bootstrapDraws: 100, recordClips: 2 } },
  });

let runs: string;
beforeAll(() => {
  runs = mkdtempSync(join(tmpdir(), "oppo-experiment-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(runs, { recursive: true, force: true });
});

/** Runs an experiment and returns what it printed on stdout. */
async function run(experiment: Experiment): Promise<string> {
  const out: string[] = [];
  const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    out.push(String(text));
    return true;
  });
  try {
    await runExperiment(experiment, { runs, jobs: 1 });
  } finally {
    spy.mockRestore();
  }
  return out.join("");
}

describe("a whole experiment", () => {
  it("goes from clips to a report, and a second call only reads", async () => {
    const table = await run(tiny("whole"));
    const layout = runLayout(join(runs, "whole"));
    for (const system of ["cold-start", "grpo", "oppo"]) {
      expect(table).toContain(system);
      const result = readJson<MepResult>(layout.system(system).evaluation);
      expect(result.estimates.format!.n).toBe(8);
    }
    expect(readMetrics(layout.system("oppo")).map((row) => row.step)).toEqual([1, 2, 3, 4]);
    const html = readFileSync(layout.report, "utf8");
    expect(html).toContain("data:video/mp4;base64,");
    expect(html).toContain(readJson<{ contentHash: string }>(layout.items).contentHash);

    const before = statSync(layout.system("oppo").evaluation).mtimeMs;
    expect(await run(tiny("whole"))).toBe(table);
    expect(statSync(layout.system("oppo").evaluation).mtimeMs).toBe(before);
  }, 120_000);

  it("measures a variant that a guard stops as it was at its last checkpoint, and says so", async () => {
    const experiment = tiny("stopped");
    experiment.variants = { grpo: experiment.variants.grpo! };
    // after one pass nothing is well-formed yet: all rewards are equal
    experiment.sft.epochs = 1;
    Object.assign(experiment.rl, { steps: 9, checkpointEvery: 2 });
    Object.assign(experiment.rl.guards, { constantRewardSteps: 4, emptyShare: 1 });
    const table = await run(experiment);
    expect(table).toContain("grpo (stopped at 4; step 2)");
    const layout = runLayout(join(runs, "stopped"));
    expect(existsSync(layout.system("grpo").final)).toBe(false);
    expect(readFileSync(layout.table, "utf8")).toMatch(
      /- grpo: .*stopped by a guard at step 4, weights of step 2/,
    );
    const page = readFileSync(layout.report, "utf8");
    expect(page).toMatch(
      /grpo was stopped by a guard and is measured as it was after step 2: step 4/,
    );
    // again: it would stop again, so it is not trained again
    expect(await run(experiment)).toBe(table);
    const stored = openWorkspace(experiment, runs);
    await expect(
      runTraining(stored, {} as Parameters<typeof runTraining>[1], "grpo"),
    ).rejects.toThrow(/step 4: .*delete .*stopped\.json to try again/);
  }, 120_000);

  it("gives the same numbers again in another folder", async () => {
    await run(tiny("again"));
    const read = (name: string) => {
      const layout = runLayout(join(runs, name));
      return readMetrics(layout.system("oppo")).map(({ seconds, ...row }) => row);
    };
    expect(read("again")).toEqual(read("whole"));
  }, 120_000);

  it("goes on in a folder that was begun before a setting existed: it counts as its default", () => {
    const experiment = tiny("older");
    openWorkspace(experiment, runs);
    const file = join(runs, experiment.name, "config.json");
    const { collapseShare, ...older } = experiment.rl.guards;
    writeJson(file, { ...experiment, rl: { ...experiment.rl, guards: older } });
    expect(() => openWorkspace(experiment, runs)).not.toThrow();
    const guards = { ...older, collapseShare: collapseShare / 2 };
    const changed = { ...experiment, rl: { ...experiment.rl, guards } };
    expect(() => openWorkspace(changed, runs)).toThrow(/another 'rl\.guards\.collapseShare'/);
  });

  it("refuses a run folder that was begun with another config", () => {
    const changed = tiny("whole");
    changed.rl.learningRate = 0.1;
    expect(() => openWorkspace(changed, runs)).toThrow(/begun with another 'rl\.learningRate'/);
  });

  it("refuses to change frozen items", async () => {
    const workspace = openWorkspace(tiny("whole"), runs);
    const data = await openData(workspace);
    expect((await freezeBenchmark(workspace, data)).oracle).toHaveLength(64);
    const other = { rows: data.rows.filter((row) => row.id !== "test-00000") };
    await expect(freezeBenchmark(workspace, other)).rejects.toThrow(/frozen items/);
    expect(existsSync(workspace.layout.items)).toBe(true);
  });
});
