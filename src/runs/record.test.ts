import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJsonl } from "../core/jsonl.ts";
import { resumeCheckpoint, saveCheckpoint } from "./checkpoint.ts";
import { type SystemLayout, systemLayout } from "./layout.ts";
import { Recorder, type RolloutRow, readMetrics } from "./record.ts";

let layout: SystemLayout;
beforeEach(() => {
  layout = systemLayout(mkdtempSync(join(tmpdir(), "oppo-runs-")));
});
afterEach(() => rmSync(layout.root, { recursive: true, force: true }));

const rollout = (step: number): RolloutRow => ({
  step,
  group: 0,
  clip: "a",
  response: "said",
  reward: 1,
  terms: { accuracy: 1 },
});

describe("a system's records", () => {
  it("are empty before the first step", () => {
    expect(readMetrics(layout)).toEqual([]);
  });

  it("resumed after step 2 hold nothing that the killed run wrote later, a cut line included", () => {
    const killed = new Recorder(layout, 0);
    for (const step of [1, 2, 3]) {
      killed.metrics({ step, reward: step / 10 });
      killed.rollouts([rollout(step), rollout(step)]);
    }
    appendFileSync(layout.metrics, '{"step":4,"rew');
    const resumed = new Recorder(layout, 2);
    resumed.metrics({ step: 3, reward: 0.9 });
    expect(readMetrics(layout)).toEqual([
      { step: 1, reward: 0.1 },
      { step: 2, reward: 0.2 },
      { step: 3, reward: 0.9 },
    ]);
    expect(readJsonl<RolloutRow>(layout.rollouts).map(({ step }) => step)).toEqual([1, 1, 2, 2]);
  });
});

describe("checkpoints", () => {
  const policy = { saved: [] as string[], loaded: [] as string[] };
  const restorable = {
    save: async (folder: string) => {
      policy.saved.push(folder);
    },
    load: async (folder: string) => {
      policy.loaded.push(folder);
    },
  };

  it("without one there is nothing to resume", async () => {
    expect(await resumeCheckpoint(layout, restorable)).toBeUndefined();
  });

  it("the newest whole one is resumed, although a kill cut the next short", async () => {
    await saveCheckpoint(layout, restorable, 2, { counter: 2 });
    await saveCheckpoint(layout, restorable, 4, { counter: 4 });
    const killed = { ...restorable, save: () => Promise.reject(new Error("killed")) };
    await expect(saveCheckpoint(layout, killed, 6, { counter: 6 })).rejects.toThrow("killed");
    expect(await resumeCheckpoint(layout, restorable)).toEqual({ step: 4, state: { counter: 4 } });
    expect(policy.loaded).toEqual([join(layout.checkpoint, "step-4")]);
    expect(existsSync(join(layout.checkpoint, "step-2"))).toBe(false);
  });
});
