import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeFileAtomic, writeJson } from "../../../src/core/files.ts";
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

test("a run that has not finished has no time", () => {
  writeJson(join(folder, "timings.json"), [{ step: "grpo", seconds: 40 }]);
  expect(() => demoTimes(folder)).toThrow(/npm run demo/);
});
