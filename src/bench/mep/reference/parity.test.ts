import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { needs } from "../../../../test/needs.ts";
import { checkMepParity, mepParityFiles } from "./parity.ts";

const folder = "../shared/parity/mep";

describe("ports of the precursor", () => {
  it("compares values one by one and reports a planted mismatch by case and field", () => {
    const cases = [
      { in: "I know it", v2: "no" },
      { in: "eyes", v2: "no" },
    ];
    expect(checkMepParity("yes_no_extract_v2.json", cases)).toEqual({
      checked: 2,
      mismatches: [{ path: "1.v2", expected: "no", got: "yes" }],
    });
  });

  it("splits decimals and abbreviations as the precursor does", () => {
    const row = {
      in: "<think>1.5 times, e.g. loud\n他皱眉，哭。</think>x",
      think: "1.5 times, e.g. loud\n他皱眉，哭。",
      sentences: ["1", "5 times", "e", "g", "loud", "他皱眉", "哭"],
    };
    expect(checkMepParity("think_sentence_split.json", [row]).mismatches).toEqual([]);
  });

  it("matches cues many to one, empty sides by its rules", () => {
    const [x, y] = [
      [1, 0],
      [0, 1],
    ];
    const given = (gt: number[][], pred: number[][], expected: object) => ({
      gt_emb: gt,
      pred_emb: pred,
      threshold: 0.6,
      expected,
    });
    const diagonal = [Math.SQRT1_2, Math.SQRT1_2];
    const report = checkMepParity("cue_recall_cases.json", [
      given([x!, y!], [diagonal], {
        recall: 1,
        precision: 1,
        matched_gt: 2,
        total_gt: 2,
        matched_pred: 1,
        total_pred: 1,
        valid_recall: true,
        valid_precision: true,
      }),
      given([], [x!], {
        recall: 1,
        precision: 0,
        matched_gt: 0,
        total_gt: 0,
        matched_pred: 0,
        total_pred: 1,
        valid_recall: false,
        valid_precision: true,
      }),
    ]);
    expect(report).toEqual({ checked: 16, mismatches: [] });
  });

  it("scores masked probes with no as the positive class and samples whole", () => {
    const rows = [
      { name: "a", expected_answer: "no", model_answer: "no" },
      { name: "a", expected_answer: "no", model_answer: "maybe" },
      { name: "b", expected_answer: "no", model_answer: "no" },
      { name: "c", expected_answer: "no", model_answer: "yes" },
    ];
    const report = checkMepParity("masked_probe_eval.json", [
      {
        rows,
        expected: {
          total_questions: 4,
          total_samples: 3,
          correct_answers: 2,
          incorrect_answers: 2,
          yes_answers: 1,
          no_answers: 2,
          other_answers: 1,
          accuracy: 0.5,
          hallucination_rate: 0.25,
          precision: 2 / 3,
          recall: 1,
          f1: 0.8,
          sample_level_accuracy: 1 / 3,
        },
      },
    ]);
    expect(report.mismatches).toEqual([]);
  });

  it("refuses files it has no recomputation for", () => {
    expect(() => checkMepParity("other.json", [])).toThrow("no recorded cases");
    expect(() => checkMepParity("yes_no_extract_v2.json", {})).toThrow("not a list");
  });
});

describe.skipIf(!needs.shared.met)(`recorded cases ${needs.shared.title}`, () => {
  it.each(mepParityFiles)("%s", (file) => {
    const report = checkMepParity(file, JSON.parse(readFileSync(`${folder}/${file}`, "utf8")));
    expect(report.mismatches).toEqual([]);
    expect(report.checked).toBeGreaterThan(20);
  });
});
