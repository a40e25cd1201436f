import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { needs } from "../../../../test/needs.ts";
import { writeJson } from "../../../core/files.ts";
import { checkParity } from "./check.ts";
import { checkPublished } from "./published.ts";

const folder = "../shared/parity";
const data = "../shared/data";

const temporary = () => mkdtempSync(join(tmpdir(), "oppo-parity-"));

describe("checkParity", () => {
  it("recomputes what needs no data and reports planted mismatches by file and path", async () => {
    const parity = temporary();
    writeJson(join(parity, "ew/string_to_list.json"), [
      { in: "[happy, sad]", out: ["happy", "sad"] },
      { in: "[happy].", out: ["happy"] },
    ]);
    const reply = "<score>Step 1: 1/1, Step 2: 0/1</score>";
    writeJson(join(parity, "mme/parse_cases.json"), [
      {
        in: reply,
        strict_parse: [1, 0],
        strict_metrics: [0, 1, 2],
        fraction_parse: [1, 1],
        fraction_metrics: [0, 1, 2],
        skipped_strict: false,
        skipped_fraction: false,
      },
    ]);
    writeJson(join(parity, "sentiment/cases.json"), {
      cases: [
        {
          id: "planted",
          name2gt: { a: 1, b: -1 },
          name2sentiment: { a: "positive", b: "neutral" },
          expected: { waf: 1, acc: 1 - 2 ** -53, n_error_labels: 0 },
          expected_reimpl_sklearn_ge_1_3: { waf: 1 },
        },
        {
          id: "fails",
          name2gt: { a: 0 },
          name2sentiment: { a: "positive" },
          expected: { error: "IndexError" },
        },
      ],
    });
    expect(await checkParity(parity, "absent")).toEqual([
      {
        file: "ew/string_to_list.json",
        checked: 3,
        mismatches: [{ path: "1.0", expected: "happy", got: "happy]." }],
        bad: [],
      },
      {
        file: "mme/parse_cases.json",
        checked: 12,
        mismatches: [{ path: "0.fraction_parse.1", expected: 1, got: 0 }],
        bad: [],
      },
      {
        file: "sentiment/cases.json",
        checked: 5,
        mismatches: [{ path: "planted.expected.acc", expected: 1 - 2 ** -53, got: 1 }],
        bad: [],
      },
    ]);
  });

  it("refuses files nobody checks, empty folders, and missing word lists with their source", async () => {
    const parity = temporary();
    await expect(checkParity(parity, data)).rejects.toMatchObject({ code: "PARITY_EMPTY" });
    const only = async (name: string, content: string, folder = "absent") => {
      writeFileSync(join(parity, name), content);
      const [found] = await checkParity(parity, folder);
      rmSync(join(parity, name));
      return found;
    };
    mkdirSync(join(parity, "ew"));
    expect(await only("ew/cases.json", "[]")).toMatchObject({
      checked: 0,
      refused: {
        code: "FILE_MISSING",
        message: expect.stringMatching(/github\.com\/zeroQiaoba.*terms/),
      },
    });
    const name = "ew/string_to_list.json";
    for (const [content, code] of [
      ["[]", "PARITY_EMPTY"],
      ["{", "JSON_UNREADABLE"],
      ['{"in": "a"}', "PARITY_SHAPE"],
      ['[{"in": "a", "in": "b"}]', "JSON_TWICE"],
    ] as const) {
      expect(await only(name, content)).toMatchObject({ file: name, refused: { code } });
    }
    expect(await only(name, "[null]")).toMatchObject({ checked: 0, bad: [{ path: "0" }] });
    expect(await only("other.json", "[]")).toMatchObject({ refused: { code: "PARITY_UNKNOWN" } });
  });
});

describe.skipIf(!needs.shared.met)(`recorded outputs ${needs.shared.title}`, () => {
  it("are all equal, bit for bit", async () => {
    const results = await checkParity(folder, data);
    expect(
      results.flatMap(({ mismatches, bad, refused }) => [mismatches, bad, refused ?? []]).flat(),
    ).toEqual([]);
    const checked = results.reduce((sum, result) => sum + result.checked, 0);
    expect(results.length).toBeGreaterThanOrEqual(14);
    // All 4022 recorded values: the sentence lists of mep/think_sentence_split.json count as one
    // each.
    expect(checked).toBeGreaterThanOrEqual(4010);
  });

  it("include the published scores of MER2023, IEMOCAP and CMU-MOSI", async () => {
    const published = await checkPublished(data);
    expect(published.map(({ set, got, corrected }) => [set, got, corrected])).toEqual([
      ["mer2023", "78.54", "78.54"],
      ["iemocapfour", "60.54", "60.51"],
      ["cmumosi", "81.30", "81.30"],
    ]);
    for (const check of published) expect(check.got).toBe(check.published);
  });
});
