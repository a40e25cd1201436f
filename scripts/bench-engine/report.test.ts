import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { versions } from "../../src/runs/versions.ts";
import { reportMarkdown, stolenShare, ticks } from "./report.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-report-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

it("reads how much of the processors' time the host gave to others", () => {
  const file = join(folder, "stat");
  const at = (line: string) => {
    writeFileSync(file, `${line}\ncpu0 1 1 1 1 1 1 1 1 0 0\n`);
    return ticks(file);
  };
  const before = at("cpu  100 0 10 50 5 1 2 32 0 0");
  const after = at("cpu  150 0 20 70 5 1 2 52 0 0");
  expect(before).toEqual({ stolen: 32, all: 200 });
  expect(stolenShare(before, after)).toBe(0.2);
  expect(stolenShare(before, before)).toBeUndefined();
  expect(ticks(join(folder, "no such file"))).toBeUndefined();
});

it("tells targets met, missed and not measured apart", () => {
  const targets = [
    { goal: "a", measured: "1", met: true },
    { goal: "b", measured: "2", met: false },
    { goal: "c", measured: "" },
  ];
  const markdown = reportMarkdown({
    command: "bench",
    date: "2026-11-28",
    versions: versions(),
    yardstick: "--no-pytorch was given",
    load: { before: 1, after: 2 },
    stolen: 0.118,
    seconds: 60,
    sections: [{ name: "steps", title: "Steps", markdown: "", targets, data: {} }],
  });
  for (const row of ["| a | 1 | met |", "| b | 2 | **missed** |", "| c |  | not measured |"]) {
    expect(markdown).toContain(row);
  }
  expect(markdown).toContain("12 % of their time taken by the host");
});
