import fc from "fast-check";
import { expect, test } from "vitest";
import { quotations, sentences } from "./sentences.ts";

const split = (text: string): string[] =>
  sentences(text).map(({ start, end }) => text.slice(start, end));

test.each([
  ["He frowns. She smiles!", ["He frowns", "She smiles"]],
  ["His mood is heavy.In the text", ["His mood is heavy", "In the text"]],
  ["his voice is loud.his eyes are wide", ["his voice is loud", "his eyes are wide"]],
  ["Volume rises 2.5 times. Then stops.", ["Volume rises 2.5 times", "Then stops"]],
  ["Loud sounds, e.g. shouting, i.e. noise", ["Loud sounds, e.g. shouting, i.e. noise"]],
  ["Mr. Li and Dr. J. Wang smile. I nod.", ["Mr. Li and Dr. J. Wang smile", "I nod"]],
  ["So do I. Then he laughs", ["So do I", "Then he laughs"]],
  ["He waits... then smiles", ["He waits... then smiles"]],
  ["He waits... Then he smiles", ["He waits", "Then he smiles"]],
  ["Really?! Yes.", ["Really", "Yes"]],
  [
    'The subtitle reads, "Okay? No!" Based on it',
    ['The subtitle reads, "Okay? No!"', "Based on it"],
  ],
  [
    'A pause between "Are you?" and "I am." follows',
    ['A pause between "Are you?" and "I am." follows'],
  ],
  ['He is 6" tall. She nods', ['He is 6" tall', "She nods"]],
  ["wide eyes\nand a smile", ["wide eyes\nand a smile"]],
  ["- wide eyes\n- open mouth", ["- wide eyes", "- open mouth"]],
  ["He smiles\n\nnothing else", ["He smiles", "nothing else"]],
  ["他皱眉。声音颤抖！", ["他皱眉", "声音颤抖"]],
  ["saved as clip.txt here", ["saved as clip.txt here"]],
  ["", []],
  ["...!!!", []],
])("%j", (text, expected) => {
  expect(split(text)).toEqual(expected);
});

test("quotations pair marks; a lone or far-away mark quotes nothing", () => {
  expect(quotations('a "b" “c” "d')).toEqual([
    { start: 2, end: 5 },
    { start: 6, end: 9 },
  ]);
  expect(quotations(`"${"x".repeat(900)}"`)).toEqual([]);
});

test("sentences are ordered, disjoint, trimmed and lose no letter", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'aB. !?"\n,1“”…。é🙂') }), (text) => {
      const spans = sentences(text);
      let at = 0;
      let outside = "";
      for (const { start, end } of spans) {
        expect(start).toBeGreaterThanOrEqual(at);
        expect(text.slice(start, end)).toBe(text.slice(start, end).trim());
        outside += text.slice(at, start);
        at = end;
      }
      expect(outside + text.slice(at)).not.toMatch(/[aB1é🙂]/u);
    }),
  );
});
