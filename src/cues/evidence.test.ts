import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extractClaims } from "./claims.ts";
import type { Claim, Span } from "./cue.ts";
import { claimTokens, evidenceSpans, toCodePoints } from "./evidence.ts";

const think =
  "In the video, raised brows and wide eyes 🙂. In the audio, a café-like, high pitch. Joy. Raised brows.";

/** Claims that a reference supports in full. */
const supported = (text: string) => extractClaims(text).map((claim) => ({ ...claim, match: 1 }));

/** Words with their leading space and single marks, as WordTokenizer cuts. */
const wordTokens = (text: string): Span[] =>
  Array.from(text.matchAll(/ ?[\p{L}\p{N}-]+|\s|[^\s\p{L}\p{N}]/gu), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));

describe("word tokens", () => {
  const tokens = wordTokens(think);
  const shown = (index: number) => think.slice(tokens[index]!.start, tokens[index]!.end);
  const located = claimTokens(
    extractClaims(think).map((claim, index) => ({ ...claim, match: index / 10 })),
    tokens,
  );

  test("heads are the content words; emotion and repeated claims give none", () => {
    expect(located.map(({ modality, heads }) => [modality, heads.map(shown)])).toEqual([
      ["visual", [" raised", " brows"]],
      ["visual", [" wide", " eyes"]],
      ["acoustic", [" café-like", " high", " pitch"]],
    ]);
  });

  test("onset only on the first claim of a modality; matches go along", () => {
    expect(located.map(({ onset }) => (onset === undefined ? null : shown(onset)))).toEqual([
      " raised",
      null,
      " a",
    ]);
    expect(located.map(({ match }) => match)).toEqual([0, 0.1, 0.2]);
  });
});

test("special tokens with empty ranges are passed over, and a cut text loses only what was cut", () => {
  const text = "wide eyes, open mouth";
  const tokens = [
    { start: 0, end: 0 },
    { start: 0, end: 4 },
    { start: 4, end: 4 },
    { start: 4, end: 9 },
    { start: 9, end: 10 },
  ];
  expect(claimTokens(supported(text), tokens)).toEqual([
    { modality: "visual", heads: [1, 3], onset: 1, match: 1 },
  ]);
});

/**
 * Tokens as a byte-level BPE gives them: random cuts, and pieces of one character share its range.
 */
const segmentation = fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }).map((lengths) => {
  const tokens: Span[] = [];
  let at = 0;
  for (let turn = 0; at < think.length; turn++) {
    let end = Math.min(think.length, at + 1 + lengths[turn % lengths.length]!);
    const pair = (think.codePointAt(end - 1) ?? 0) > 0xffff;
    if (pair) end = Math.min(think.length, end + 1);
    const span = { start: at, end };
    tokens.push(span);
    if (pair) tokens.push({ start: end - 2, end });
    at = end;
  }
  return tokens;
});

test("any segmentation: a head's token is the first that covers a character of the word", () => {
  const claims = supported(think);
  const evidence = claims.filter(({ modality, repeated }) => modality !== "emotion" && !repeated);
  fc.assert(
    fc.property(segmentation, (tokens) => {
      const located = claimTokens(claims, tokens);
      expect(located).toHaveLength(evidence.length);
      located.forEach(({ heads }, index) => {
        const expected = evidence[index]!.heads.map((head) => bySearch(head, tokens));
        expect(heads).toEqual([...new Set(expected)]);
      });
    }),
  );
});

const bySearch = (head: Claim["span"], tokens: readonly Span[]): number =>
  tokens.findIndex(({ start, end }) => {
    for (let at = head.start; at < head.end; at++) if (start <= at && at < end) return true;
    return false;
  });

test("evidence spans of a response lie in its reasoning", () => {
  const text = `<think>${think}</think><answer>raised brows</answer>`;
  expect(evidenceSpans(text).map((s) => [s.modality, text.slice(s.start, s.end)])).toEqual([
    ["visual", "raised brows"],
    ["visual", "wide eyes"],
    ["acoustic", "a café-like, high pitch"],
    ["emotion", "Joy"],
    ["visual", "Raised brows"],
  ]);
});

test("code points: spans as Python indexes them", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(), fc.nat(), (text, a, b) => {
      const points = [...text];
      const [from, to] = [a % (points.length + 1), b % (points.length + 1)].sort((x, y) => x - y);
      const start = points.slice(0, from).join("").length;
      const end = points.slice(0, to).join("").length;
      expect(toCodePoints(text, [{ start, end }])).toEqual([{ start: from, end: to }]);
    }),
  );
});
