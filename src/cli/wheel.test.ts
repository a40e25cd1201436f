import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeJson } from "../core/files.ts";
import { accuracyReward } from "../rewards/accuracy.ts";
import { rewardOptions } from "../rewards/options.ts";
import { createScorer } from "../rewards/scorer.ts";
import { openWheel, openWheels } from "./wheel.ts";

function folderOfWheel(): string {
  const folder = mkdtempSync(join(tmpdir(), "oppo wheel "));
  writeJson(join(folder, "wheel_mapping.json"), {
    format_mapping: { gladly: ["glad"], happy: ["happy"], angry: ["angry"] },
    raw_mapping: { glad: ["happy"], happy: ["happy"], angry: ["angry"] },
    wheel_map_whole: {
      wheel1: { level1: { happy: "joyful", angry: "mad" }, level2: { happy: "a", angry: "b" } },
    },
  });
  return folder;
}

describe("the emotion wheel of a reward", () => {
  it("makes labels of one group equal; a word it doesn't know stands for itself", async () => {
    const wheel = folderOfWheel();
    const options = rewardOptions.parse({ accuracy: { mode: "open", wheel } });
    const groupOf = (await openWheel(options))!;
    expect(["gladly", "happy", "angry", "wistful"].map(groupOf)).toEqual([
      "joyful",
      "joyful",
      "mad",
      "wistful",
    ]);
    const score = (answer: string, labels: string[]) =>
      accuracyReward(answer, labels, options.accuracy, groupOf);
    expect(score("gladly", ["happy"])).toBe(1);
    expect(score("angry, wistful", ["happy", "wistful"])).toBeCloseTo(0.5, 12);
  });

  it("gives every wheel to the printed accuracy, where words it doesn't know have no group", async () => {
    const wheel = folderOfWheel();
    const options = rewardOptions.parse({ form: "paper", accuracy: { wheel } });
    const [first, ...others] = (await openWheels(options))!;
    expect(others).toEqual([]);
    expect(["gladly", "angry", "wistful"].map(first!)).toEqual(["joyful", "mad", undefined]);
    expect(await openWheels(rewardOptions.parse({ accuracy: { wheel } }))).toBeUndefined();
    expect(await openWheels(rewardOptions.parse({ form: "paper" }))).toBeUndefined();
  });

  it("is not opened where the options name no folder", async () => {
    expect(await openWheel(rewardOptions.parse({}))).toBeUndefined();
    const spelt = rewardOptions.parse({ accuracy: { wheel: { glad: "joy" } } });
    expect(await openWheel(spelt)).toBeUndefined();
  });

  it("says where its files come from when they are not there", async () => {
    const options = rewardOptions.parse({ accuracy: { wheel: "/nowhere" } });
    await expect(openWheel(options)).rejects.toMatchObject({ code: "FILE_MISSING" });
  });

  it("is never passed over: a scorer refuses a folder that nobody read", () => {
    const options = rewardOptions.parse({ accuracy: { mode: "open", wheel: "/somewhere" } });
    const embedder = { id: "none", embed: async () => [] };
    const calibration = { low: 0, high: 1 };
    expect(() => createScorer({ embedder, calibration, options })).toThrow(
      "the emotion wheel in /somewhere was not read",
    );
    expect(() =>
      createScorer({ embedder, calibration, options, groupOf: (label) => label }),
    ).not.toThrow();
  });
});
