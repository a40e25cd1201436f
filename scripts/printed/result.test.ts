import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { printedRules } from "../../src/bench/printed/rules.ts";
import { readMeasured, sameSystems } from "./result.ts";

describe("several runs", () => {
  it("must have the same systems", () => {
    const first = { folder: "a", systems: ["cold-start", "grpo"] };
    expect(sameSystems(undefined, first)).toBe(first.systems);
    expect(() => sameSystems(first, { folder: "b", systems: ["cold-start"] })).toThrow(
      /b: has cold-start; a has cold-start, grpo \(name what all of them have with --systems\)/,
    );
  });
});

describe("a result that is printed again", () => {
  it.each([
    ["of other rules", { rulesVersion: "printed-0", runs: [] }],
    ["of an older form", { rulesVersion: printedRules, runs: [{ seed: 1 }] }],
    ["that is none", { anything: 1 }],
  ])("%s is refused", (_, value) => {
    const folder = mkdtempSync(join(tmpdir(), "printed-"));
    const file = join(folder, "result.json");
    writeFileSync(file, JSON.stringify(value));
    expect(() => readMeasured(file)).toThrow(/result\.json: holds no result by the rules/);
    rmSync(folder, { recursive: true });
  });
});
