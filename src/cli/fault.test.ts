import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import { faultText } from "./fault.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-fault-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("errors raised on purpose are told by class, code and message", () => {
  const error = new DataError("LIST_LINE", "is not JSON", { file: "a.jsonl", line: 3 });
  expect(faultText(error)).toBe("DataError LIST_LINE: a.jsonl:3: is not JSON");
});

it("what the system refuses is told in one line, with the path", () => {
  const file = join(folder, "file");
  writeFileSync(file, "");
  try {
    mkdirSync(join(file, "below"), { recursive: true });
    expect.unreachable();
  } catch (error) {
    expect(faultText(error)).toMatch(
      /^the system refused mkdir '.*file.*': .* \((EEXIST|ENOTDIR)\)$/,
    );
  }
});

it("a fault of ours keeps its stack", () => {
  expect(faultText(new TypeError("x is undefined"))).toBeUndefined();
});
