import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OppoError } from "./errors.ts";
import { openKeyedLog, openRowLog, type RowReader } from "./row-log.ts";

interface Row {
  id: string;
  n: number;
}
const read: RowReader<Row> = (value, place) => {
  if (typeof (value as Row).n === "number") return value as Row;
  throw new OppoError("ROW", "not a row", place);
};

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-row-log-"));
  file = join(folder, "below", "rows.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("a row log", () => {
  it("gives back what was appended, and makes no file before", () => {
    const log = openRowLog(file, read);
    expect(existsSync(file)).toBe(false);
    log.append([{ id: "a", n: 1 }]);
    log.append([{ id: "b", n: 2 }]);
    expect(openRowLog(file, read).rows).toEqual([
      { id: "a", n: 1 },
      { id: "b", n: 2 },
    ]);
  });

  it("drops a line that a kill has cut, from the file too, so that the next row is whole", () => {
    openRowLog(file, read).append([{ id: "a", n: 1 }]);
    appendFileSync(file, '{"id":"b","n');
    openRowLog(file, read).append([{ id: "c", n: 3 }]);
    expect(readFileSync(file, "utf8")).toBe('{"id":"a","n":1}\n{"id":"c","n":3}\n');
  });

  it("keeps a last row that is whole but for its line end", () => {
    openRowLog(file, read).append([{ id: "a", n: 1 }]);
    appendFileSync(file, '{"id":"b","n":2}');
    openRowLog(file, read).append([{ id: "c", n: 3 }]);
    expect(openRowLog(file, read).rows.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("names file and line of a row of another kind, and leaves the file as it is", () => {
    openRowLog(file, read).append([{ id: "a", n: 1 }]);
    appendFileSync(file, '{"colour":"red"}\n{"id":"c"');
    const before = readFileSync(file, "utf8");
    expect(() => openRowLog(file, read)).toThrow("rows.jsonl:2");
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("takes an empty file for one without rows", () => {
    openRowLog(file, read).append([{ id: "a", n: 1 }]);
    writeFileSync(file, "");
    expect(openRowLog(file, read).rows).toEqual([]);
  });
});

it("by key, the newest row counts; without a file it is kept in memory alone", () => {
  const log = openKeyedLog<Row>(file, ({ id }) => id, read);
  log.add({ id: "a", n: 1 });
  log.add({ id: "a", n: 2 });
  expect(log.get("a")).toEqual({ id: "a", n: 2 });
  expect(openKeyedLog<Row>(file, ({ id }) => id, read).get("a")!.n).toBe(2);
  expect(readFileSync(file, "utf8").split("\n")).toHaveLength(3);
  const brief = openKeyedLog<Row>(undefined, ({ id }) => id, read);
  brief.add({ id: "b", n: 1 });
  expect(brief.get("b")!.n).toBe(1);
});
