import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendWhole } from "./append-whole.ts";
import { openCheckedLog } from "./checked-log.ts";
import { makeFolder, tryFolder } from "./make-folder.ts";

interface Row {
  id: string;
  n: number;
}

let folder: string;
let file: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-checked-"));
  file = join(folder, "below", "rows.jsonl");
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  openCheckedLog<Row>(
    file,
    (value) => value as Row,
    (line) => said.push(line),
  );
const rows: Row[] = [
  { id: "a", n: 1 },
  { id: "é", n: 2 },
  { id: "c", n: 3 },
];

describe("a log of rows with checksums", () => {
  it("gives back what was appended, without a word", () => {
    open().append(rows.slice(0, 2));
    open().append(rows.slice(2));
    expect(open().rows).toEqual(rows);
    expect(said).toEqual([]);
  });

  it("believes no row of which any letter was changed", () => {
    open().append(rows);
    const text = readFileSync(file, "utf8");
    const [first, second, third] = text.trimEnd().split("\n");
    for (let at = 0; at < second!.length; at++) {
      const letter = second![at] === "x" ? "y" : "x";
      const changed = `${second!.slice(0, at)}${letter}${second!.slice(at + 1)}`;
      writeFileSync(file, `${[first, changed, third].join("\n")}\n`);
      said = [];
      expect([at, open().rows]).toEqual([at, [rows[0], rows[2]]]);
      expect(said).toEqual([
        expect.stringMatching(/1 row\(s\) are not what was written \(line 2\)/),
      ]);
    }
  });

  it("believes neither glued rows nor bytes that are no text, and goes on", () => {
    open().append(rows.slice(0, 1));
    appendFileSync(file, '{"id":"b","n{"id":"c","n":3,"sum":"0123456789abcdef"}\n');
    appendFileSync(file, Buffer.from([0xff, 0xfe, 10]));
    open().append(rows.slice(2));
    expect(open().rows).toEqual([rows[0], rows[2]]);
    expect(said.at(-1)).toContain("2 row(s) are not what was written (line 2, 3)");
  });

  it("takes a last row that was cut off the file, at whatever byte", () => {
    open().append(rows);
    const whole = readFileSync(file);
    const before = whole.lastIndexOf(10, whole.length - 2) + 1;
    for (let end = before + 1; end < whole.length; end++) {
      writeFileSync(file, whole.subarray(0, end));
      said = [];
      expect([end, open().rows]).toEqual([end, rows.slice(0, 2)]);
      expect(said).toEqual([expect.stringContaining("cut by a kill")]);
      expect(readFileSync(file)).toHaveLength(before);
    }
    open().append([rows[2]!]);
    expect(open().rows).toEqual(rows);
  });

  it("reads rows of a version without checksums, says so, and none behind those with one", () => {
    mkdirSync(join(folder, "below"));
    writeFileSync(file, '{"id":"a","n":1}\n');
    open().append(rows.slice(1, 2));
    expect(open().rows).toEqual(rows.slice(0, 2));
    expect(said.at(-1)).toContain("1 row(s) of an earlier version carry no checksum");
    appendFileSync(file, '{"id":"c","n":3}\n');
    expect(open().rows).toEqual(rows.slice(0, 2));
    expect(said.at(-1)).toContain("(line 3)");
  });

  it("says that a folder stands in its place", () => {
    mkdirSync(file, { recursive: true });
    expect(open).toThrow(
      expect.objectContaining({ code: "LOG_UNREADABLE", message: expect.stringContaining(file) }),
    );
  });
});

describe("writing on a full disk", () => {
  const full = (room: number) => {
    let left = room;
    return (handle: number, bytes: Uint8Array, offset: number): number => {
      const some = bytes.subarray(offset, offset + Math.min(left, 3));
      if (some.length === 0) throw Object.assign(new Error("full"), { code: "ENOSPC" });
      appendFileSync(handle, some);
      left -= some.length;
      return some.length;
    };
  };

  it("takes back what was written of a row", () => {
    const path = join(folder, "rows");
    writeFileSync(path, "before\n");
    for (const room of [0, 1, 4, 9]) {
      expect(() => appendWhole(path, "0123456789\n", full(room))).toThrow(
        expect.objectContaining({
          code: "FILE_WRITE",
          message: expect.stringContaining("no space"),
        }),
      );
      expect(readFileSync(path, "utf8")).toBe("before\n");
    }
    appendWhole(path, "0123456789\n", full(11));
    expect(readFileSync(path, "utf8")).toBe("before\n0123456789\n");
  });

  it("is told from other faults, each with what to do", () => {
    expect(() => appendWhole("/dev/full", "x")).toThrow(
      /\/dev\/full: .*no space is left.*make room/,
    );
    expect(() => appendWhole(folder, "x")).toThrow(/it is a folder \(move it away/);
    expect(() => appendWhole(join(folder, "no", "x"), "x")).toThrow(/its folder is not there/);
  });
});

describe("a folder to write in", () => {
  it("is made with all above it, and left empty when tried", () => {
    const deep = join(folder, "a", "b", "c");
    tryFolder(deep);
    tryFolder(deep);
    makeFolder(deep);
    expect(() => tryFolder(deep)).not.toThrow();
  });

  it.each([
    ["below /proc, where Node never came back", () => "/proc/nope/state"],
    ["below /sys", () => "/sys/x"],
    ["below a file", () => join(file, "state")],
    ["that is a file", () => file],
  ])("%s is refused in words", (_name, path) => {
    mkdirSync(join(folder, "below"), { recursive: true });
    writeFileSync(file, "");
    expect(() => tryFolder(path())).toThrow(
      expect.objectContaining({ code: "FILE_WRITE", message: expect.stringContaining(path()) }),
    );
  });
});
