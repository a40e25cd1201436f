import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readJsonl } from "../core/jsonl.ts";
import { systemLayout } from "../runs/layout.ts";
import { type RolloutRow, readMetrics } from "../runs/record.ts";
import { rlOptions } from "./options.ts";
import { fakeRun, labelOf, type Script, says } from "./run.fake.ts";
import { trainRl } from "./train.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-train-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three of four answers are right at first, ever fewer later: updates destroy the cold start. */
const ruined: Script = (clip, sample, seed) => {
  const step = Number(seed.split("/")[2]);
  const label = labelOf(Number(clip.at(-1)));
  if (sample === 3) return says(label === "joy" ? "fear" : "joy");
  return sample >= 3 - step / 2 ? "loud voice" : says(label);
};

describe("a run that destroys its cold start", () => {
  it("stops with the reason and the cure, and leaves the step's rollouts on record", async () => {
    const { run } = fakeRun(ruined, {
      layout: systemLayout(folder),
      options: rlOptions.parse({ steps: 40, prompts: 3, group: 4, rolloutsEvery: 100 }),
    });
    await expect(trainRl(run)).rejects.toThrow(
      /^step (\d+): (reward|format) fell from [\d.]+ .*lower rl.learningRate/,
    );
    const done = readMetrics(run.layout).length;
    expect(done).toBeGreaterThan(3);
    expect(done).toBeLessThan(20);
    const rows = readJsonl<RolloutRow>(run.layout.rollouts).filter(({ step }) => step === done + 1);
    expect(rows.map(({ group }) => group)).toEqual([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
    expect(rows[0]!.response).toMatch(/ voice$/);
  });
});
