import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { extractClaims } from "./claims.ts";
import { parseResponse } from "./response.ts";

const response =
  "<think>In the video, raised brows, wide eyes and a broad smile. In the audio, a high pitch and " +
  "fast speech. Both point to joy.</think><answer>joy</answer>";

test("the corpus's language, with offsets in the whole response", () => {
  const think = parseResponse(response).think!;
  const claims = extractClaims(think.text, think.span.start);
  expect(claims.map(({ modality, text }) => [modality, text])).toEqual([
    ["visual", "raised brows"],
    ["visual", "wide eyes"],
    ["visual", "a broad smile"],
    ["acoustic", "a high pitch"],
    ["acoustic", "fast speech"],
    ["emotion", "Both point to joy"],
  ]);
  for (const { span, text, heads } of claims) {
    expect(response.slice(span.start, span.end)).toBe(text);
    for (const head of heads) expect(text).toContain(response.slice(head.start, head.end));
  }
});

test("heads are content words: no function words, marks or quoted words", () => {
  const text = 'With a "really" very broad, warm smile on his face';
  const heads = extractClaims(text)[0]!.heads.map(({ start, end }) => text.slice(start, end));
  expect(heads).toEqual(["broad", "warm", "smile", "face"]);
});

describe("near-duplicates are flagged, additions and contradictions are not", () => {
  const repeated = (text: string) => extractClaims(text).map((claim) => claim.repeated);
  test.each([
    ["He smiles. He smiles.", [false, true]],
    ["A broad smile. His smile is broad.", [false, true]],
    ["raised brows; lifted eyebrows", [false, true]],
    ["Her brows are furrowed. The woman's furrowed brows are visible.", [false, true]],
    ["raised brows; raised brows and open mouth", [false, true, false]],
    ["a voice. a loud voice", [false, false]],
    ["He smiles. He is not smiling.", [false, false]],
    ["raised brows; lowered brows", [false, false]],
    ["a high pitch; high volume", [false, false]],
  ])("%s", (text, expected) => expect(repeated(text)).toEqual(expected));
});

test("polarity stays with its own predicate", () => {
  const claims = extractClaims("Her posture is relaxed, without any tension. She is not frowning.");
  expect(claims.map(({ positive }) => positive)).toEqual([true, false, false]);
});

test("splitting or joining clauses leaves the claims the same (hack table: punctuation games)", () => {
  const texts = (text: string) => extractClaims(text).map((claim) => claim.text.toLowerCase());
  const expected = ["raised brows", "wide eyes", "a high pitch"];
  for (const text of [
    "Raised brows. Wide eyes. A high pitch.",
    "raised brows, wide eyes, a high pitch",
    "raised brows and wide eyes and a high pitch",
    "raised brows; wide eyes; a high pitch!",
    "- raised brows\n- wide eyes\n- a high pitch",
    "raised brows with wide eyes as well as a high pitch",
    "raised brows.wide eyes.a high pitch",
  ]) {
    expect(texts(text)).toEqual(expected);
  }
});

test("any text gives ordered, disjoint claims whose heads lie inside them", () => {
  const piece = fc.constantFrom(
    ...'In the video, |raised brows|, |and |. |her voice |is low|not |“|"|🙂|é|\n|smile|e.g. |3.5|suggesting joy|<think>'.split(
      "|",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(9), (pieces, offset) => {
      const text = pieces.join("");
      let at = offset;
      for (const claim of extractClaims(text, offset)) {
        expect(claim.span.start).toBeGreaterThanOrEqual(at);
        expect(text.slice(claim.span.start - offset, claim.span.end - offset)).toBe(claim.text);
        expect(claim.heads.length).toBeGreaterThan(0);
        for (const { start, end } of claim.heads) {
          expect(start).toBeGreaterThanOrEqual(claim.span.start);
          expect(end).toBeLessThanOrEqual(claim.span.end);
        }
        at = claim.span.end;
      }
    }),
  );
});
