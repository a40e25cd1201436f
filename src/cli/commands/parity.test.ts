import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { writeJson } from "../../core/files.ts";
import { parityCommand, parityText } from "./parity.ts";

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

async function run(out: string[], ...options: string[]) {
  const parity = mkdtempSync(join(tmpdir(), "oppo-parity-"));
  writeJson(join(parity, "ew/string_to_list.json"), [{ in: "[happy]", out }]);
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await parityCommand().parseAsync(["node", "parity", parity, "--data", parity, ...options]);
  return write.mock.calls.map(([text]) => String(text)).join("");
}

it("succeeds where all is equal", async () => {
  expect(await run(["happy"])).toMatch(
    /string_to_list\.json +1 values {2}equal\n1 values, 0 differ/,
  );
  expect(process.exitCode).toBeUndefined();
});

it("exits 1 on a planted mismatch and shows it", async () => {
  expect(await run(["sad"])).toMatch(/1 DIFFER\n +0\.0: expected "sad", got "happy"/);
  expect(process.exitCode).toBe(1);
});

it("prints JSON", async () => {
  const printed = JSON.parse(await run(["sad"], "--json"));
  expect(printed).toMatchObject({ passed: false, files: [{ checked: 1 }], published: [] });
});

it("shows the first mismatches of a file only, and published scores that differ", () => {
  const mismatches = Array.from({ length: 9 }, (_, i) => ({ path: `p${i}`, expected: 0, got: 1 }));
  const text = parityText(
    [{ file: "f.json", checked: 9, mismatches, bad: [] }],
    [{ set: "meld", checkpoint: "30", published: "55.65", got: "55.64" }],
  );
  expect(text.match(/expected/g)).toHaveLength(5);
  expect(text).toMatch(/meld .*55\.65 {2}55\.64 {2}— {2}DIFFERS/);
});

it("says so where there is nothing at the path", async () => {
  const missing = join(tmpdir(), "oppo-parity-nowhere.json");
  await expect(parityCommand().parseAsync(["node", "parity", missing])).rejects.toThrow(
    /nowhere\.json: there is no such file or folder.*name a folder of recorded outputs/,
  );
});

it("goes on past a file it does not know and past a bad row, counts both, and exits 1", async () => {
  const parity = mkdtempSync(join(tmpdir(), "oppo-parity-"));
  writeJson(join(parity, "ew/string_to_list.json"), [
    { in: "[a]", out: ["a"] },
    null,
    { in: "[", out: { error: "IndexError" } },
    { in: "[", error: "IndexError" },
    { in: "[b]" },
  ]);
  writeJson(join(parity, "ew/other.json"), [1]);
  writeJson(join(parity, "mep/yes_no_extract_v2.json"), [{ in: "yes", v2: "yes" }, { in: 3 }]);
  writeFileSync(join(parity, "ew/postprocess_llm_response.json"), "{");
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await parityCommand().parseAsync(["node", "parity", parity, "--data", parity]);
  const text = write.mock.calls.map(([part]) => String(part)).join("");
  expect(text).toMatch(/ew\/other\.json +0 values {2}NOT COMPARED\n .*nothing here recomputes/);
  expect(text).toMatch(/response\.json +0 values {2}NOT COMPARED\n .*is not JSON/);
  expect(text).toMatch(/string_to_list\.json +3 values {2}equal, 2 rows NOT COMPARED/);
  expect(text).toMatch(/row 4: the row has neither out nor error/);
  expect(text).toMatch(/differ; not compared: 2 files, \d rows/);
  expect(process.exitCode).toBe(1);
});

describe("a file of worked examples", () => {
  const shipped = new URL("../../loss/paper-vectors.json", import.meta.url).pathname;
  const printed = async (...argv: string[]) => {
    const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    await parityCommand().parseAsync(["node", "parity", ...argv]);
    return write.mock.calls.map(([text]) => String(text)).join("");
  };

  it("is recomputed case by case, without --data", async () => {
    const text = await printed(shipped);
    expect(text).toMatch(/rewards +exactly the threshold pays nothing.* equal\n/);
    expect(text).toMatch(/24 cases, \d+ values, 0 differ/);
    expect(process.exitCode).toBeUndefined();
  });

  it("exits 1 with the case where something differs", async () => {
    const wrong = JSON.parse(readFileSync(shipped, "utf8"));
    wrong.losses[5].objective = 1;
    const file = join(mkdtempSync(join(tmpdir(), "oppo-parity-")), "wrong.json");
    writeJson(file, wrong);
    expect(await printed(file)).toMatch(
      /no evidence at all: zero +\d+ values {2}1 DIFFER\n +objective: expected 1, got/,
    );
    expect(process.exitCode).toBe(1);
  });

  it("a folder needs --data, and is told so", async () => {
    await expect(printed(tmpdir())).rejects.toThrow(/--data is missing/);
  });
});
