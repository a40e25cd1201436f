import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClipRow } from "./clip-row.ts";
import { drawSplits } from "./split/draw.ts";
import { readCsv } from "./tables/csv.ts";
import { jsonPlaces } from "./tables/json-lines.ts";

const cell = fc.string({
  unit: fc.constantFrom("a", "é", "😊", '"', ",", ";", "\t", "\n", "\r\n", " "),
});
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
const lineBreaks = (text: string): string => text.replaceAll("\r\n", "\n");

describe("whatever a table holds", () => {
  it("CSV gives every cell back, and the line each record begins on", () => {
    const table = fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(table, fc.constantFrom("\n", "\r\n"), (rows, end) => {
        const lines = [`a,b`, ...rows.map((row) => row.map(quoted).join(","))];
        const { records } = readCsv(lines.join(end), "t.csv");
        let line = 2;
        const expected = rows.map(([a, b]) => {
          const record = { line, fields: { a: lineBreaks(a), b: lineBreaks(b) } };
          line += 1 + (lineBreaks(`${a}|${b}`).match(/\n/g)?.length ?? 0);
          return record;
        });
        expect(records).toEqual(expected);
      }),
    );
  });

  it("JSON gives the place of every element, however it is written", () => {
    const element = fc.jsonValue({ maxDepth: 2 });
    const spaces = fc.constantFrom(0, 1, 2);
    fc.assert(
      fc.property(fc.array(element, { maxLength: 6 }), spaces, (list, indent) => {
        const places = jsonPlaces(JSON.stringify(list, null, indent));
        expect(places).toHaveLength(list.length);
        const text = JSON.stringify(list, null, indent).split("\n");
        if (indent > 0) {
          for (const [at, { line }] of places.entries()) {
            const first = JSON.stringify(list[at], null, indent).split("\n")[0]!;
            expect(text[line - 1]!.trim().startsWith(first)).toBe(true);
          }
        }
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), element), spaces, (object, indent) => {
        const keys = jsonPlaces(JSON.stringify(object, null, indent)).map(({ key }) => key);
        expect(keys).toEqual(Object.keys(object));
      }),
    );
  });
});

describe("however clips are grouped and copied", () => {
  const clip = fc.record({
    group: fc.option(fc.constantFrom("A", "B", "C", "D", "E"), { nil: undefined }),
    content: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
  });
  const clips = fc.array(clip, { minLength: 1, maxLength: 40 });

  it("no group and no copy is on two sides, and no clip is lost", () => {
    fc.assert(
      fc.property(clips, fc.integer(), (given, seed) => {
        const rows = given.map(({ group }, index): ClipRow => {
          const row = { id: `c${index}`, media: {}, labels: [] };
          return group === undefined ? row : { ...row, group };
        });
        const content = new Map(
          given.flatMap((one, index) =>
            one.content === undefined
              ? []
              : [[`c${index}` as string, String(one.content)] as const],
          ),
        );
        const drawn = tryDraw(rows, seed, content);
        if (drawn === undefined) return;
        expect(drawn.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
        const sides = new Map<string, string>();
        for (const { id, group, split } of drawn) {
          for (const key of [group && `group ${group}`, content.get(id)]) {
            if (key === undefined) continue;
            expect(sides.get(key) ?? split).toBe(split);
            sides.set(key, split);
          }
        }
      }),
    );
  });

  /** Undefined where all clips hang together, which is refused. */
  function tryDraw(rows: readonly ClipRow[], seed: number, content: ReadonlyMap<string, string>) {
    try {
      return drawSplits(rows, { test: 0.3, validation: 0.2, seed }, content).rows;
    } catch (error) {
      expect(error).toMatchObject({ code: "SPLIT_EMPTY" });
      return undefined;
    }
  }
});
