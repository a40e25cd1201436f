import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readJson, writeFileAtomic, writeJson } from "../../../src/core/files.ts";
import { demoTimes } from "./demo.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-demo-times-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function finished(seconds: number): void {
  writeJson(join(folder, "config.json"), { name: "demo", seed: 2 });
  writeJson(join(folder, "timings.json"), [
    { step: "write clips", seconds },
    { step: "grpo", seconds: 40 },
  ]);
  writeFileAtomic(join(folder, "table.md"), "");
}

test("stages are summed and held against the goal", () => {
  finished(100);
  expect(demoTimes(folder)).toMatchObject({ targets: [{ measured: "2 min 20 s", met: true }] });
  finished(201);
  expect(demoTimes(folder)).toMatchObject({ targets: [{ measured: "4 min 01 s", met: false }] });
  expect(demoTimes(folder).markdown).toContain("| together | 241 |");
});

test("what lies between the stages counts", () => {
  finished(100);
  const timings = readJson<object[]>(join(folder, "timings.json"));
  writeJson(join(folder, "timings.json"), [...timings, { step: "in all", seconds: 250 }]);
  expect(demoTimes(folder)).toMatchObject({ targets: [{ measured: "4 min 10 s", met: false }] });
});

test("a run that has not finished has no time", () => {
  writeJson(join(folder, "timings.json"), [{ step: "grpo", seconds: 40 }]);
  expect(() => demoTimes(folder)).toThrow(/npm run demo/);
});
