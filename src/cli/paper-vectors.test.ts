import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkPaperVectors } from "./paper-vectors.ts";

const shipped = new URL("../loss/paper-vectors.json", import.meta.url).pathname;
const whole = JSON.parse(readFileSync(shipped, "utf8"));

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "oppo-vectors-")), "vectors.json");
  writeFileSync(file, text);
  return file;
}

describe("worked examples of the printed OPPO", () => {
  it.each(checkPaperVectors(shipped).map((check) => [`${check.kind}: ${check.name}`, check]))(
    "%s",
    (_, { checked, mismatches }) => {
      expect(mismatches).toEqual([]);
      expect(checked).toBeGreaterThan(2);
    },
  );

  it("covers every case of the file", () => {
    expect(checkPaperVectors(shipped)).toHaveLength(14 + 6 + 4);
  });

  it("finds a planted mismatch of each kind, and says where", () => {
    const wrong = structuredClone(whole);
    wrong.rewards[0].routing[1].cue = 0;
    wrong.losses[0].gradientOnLogits.video[0][2] += 3e-6;
    wrong.sampled[3].objective += 1e-8;
    const found = checkPaperVectors(fileOf(JSON.stringify(wrong))).flatMap(({ name, mismatches }) =>
      mismatches.map(({ path }) => `${name}: ${path}`),
    );
    expect(found).toEqual([
      "two visual cues and one acoustic, recovered by two clauses: routing.1.cue",
      "whole vocabulary, sum, masked gradient True: gradientOnLogits.video.0.2",
      "k3, mean: objective",
    ]);
  });

  it("refuses files of another form with what to do", () => {
    expect(() => checkPaperVectors(fileOf("{"))).toThrow(/vectors.json: is not JSON/);
    expect(() => checkPaperVectors(fileOf("{}"))).toThrow(
      /no case .*src\/loss\/paper-vectors.json/,
    );
    expect(() => checkPaperVectors(fileOf('{"rewards": [{"name": 3}]}'))).toThrow(/rewards.0.name/);
  });
});
