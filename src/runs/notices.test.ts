import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { noticeRecorder, readFindings } from "./notices.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-notices-"));
  file = join(folder, "notices.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("notices of a run", () => {
  it("are none where nothing was said", () => {
    expect(readFindings(file)).toEqual([]);
  });

  it("keep every resume on record, and a report has none of them", () => {
    noticeRecorder(file)("claims vanish");
    noticeRecorder(file)("grpo: resumed at step 3 of 9", "resume");
    noticeRecorder(file)("grpo: resumed at step 7 of 9", "resume");
    expect(readFileSync(file, "utf8").match(/resumed at step/g)).toHaveLength(2);
    expect(readFindings(file)).toEqual(["claims vanish"]);
  });

  it("found again by steps that were taken again stand once, where they stood first", () => {
    const [killed, resumed] = [noticeRecorder(file), noticeRecorder(file)];
    killed("a");
    killed("b");
    for (const text of ["b", "a", "c"]) resumed(text);
    expect(readFindings(file)).toEqual(["a", "b", "c"]);
  });

  it("written after a line that a kill has cut are not lost with it", () => {
    noticeRecorder(file)("a");
    appendFileSync(file, '{"at":"2026-01-0');
    noticeRecorder(file)("b");
    expect(readFindings(file)).toEqual(["a", "b"]);
  });
});
