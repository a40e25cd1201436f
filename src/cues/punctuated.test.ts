import { expect, it } from "vitest";
import { clauseTokens, punctuatedClauses } from "./punctuated.ts";

it("cuts at full stops, commas, exclamation and question marks of both scripts, and line breaks", () => {
  const text = "He frowns, loudly。Why？ yes！no\nend, 3.5";
  const clauses = punctuatedClauses(text, 10);
  expect(clauses.map((clause) => clause.text)).toEqual([
    "He frowns",
    "loudly",
    "Why",
    "yes",
    "no",
    "end",
    "3",
    "5",
  ]);
  for (const { text: clause, span } of clauses) {
    expect(text.slice(span.start - 10, span.end - 10)).toBe(clause);
  }
});

it("keeps semicolons, colons and dashes inside a clause, and gives nothing for marks alone", () => {
  expect(punctuatedClauses("a; b: c - d").map(({ text }) => text)).toEqual(["a; b: c - d"]);
  expect(punctuatedClauses(" ., \n!")).toEqual([]);
});

it("every token that shares a character with a clause is evidence, the comma's is not", () => {
  //            0123456789012345678
  const text = "a smile, low voice.";
  const offsets = [
    [0, 1],
    [1, 5],
    [5, 7],
    [7, 8],
    [8, 12],
    [12, 18],
    [18, 19],
    [19, 19],
  ].map(([start, end]) => ({ start: start!, end: end! }));
  const [smile, voice] = punctuatedClauses(text);
  const tokens = clauseTokens(
    [
      { modality: "visual", span: smile!.span, match: 0.4 },
      { modality: "acoustic", span: voice!.span, match: 1 },
      { modality: "visual", span: { start: 30, end: 40 }, match: 1 },
    ],
    offsets,
  );
  expect(tokens).toEqual([
    { modality: "visual", heads: [0, 1, 2], onset: 0, match: 0.4 },
    { modality: "acoustic", heads: [4, 5], onset: 4, match: 1 },
  ]);
});
