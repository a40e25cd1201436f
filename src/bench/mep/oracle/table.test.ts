import { describe, expect, it } from "vitest";
import type { SystemScores } from "./result.ts";
import { consoleTable, formatEstimate, markdownTable, metricById, tableColumns } from "./table.ts";

const system = (
  name: string,
  value: number | null,
): SystemScores & { controls: SystemScores[] } => {
  const estimates = Object.fromEntries(
    tableColumns.map((id) => [
      id,
      value === null
        ? { value, low: null, high: null, n: 0 }
        : { value, low: value - 3.4, high: value + 2.6, n: 100 },
    ]),
  );
  const floor = { name: `${name}, blind`, estimates, series: {} };
  return { name, estimates, series: {}, controls: [floor] };
};

describe("formatEstimate", () => {
  it("shows percentages and counts with their intervals", () => {
    const estimate = { value: 47.06, low: 43.4, high: 50.5, n: 9 };
    expect(formatEstimate(metricById("f1"), estimate)).toBe("47.1 [43, 51]");
    expect(
      formatEstimate(metricById("claims"), { ...estimate, value: 3.456, low: 3.31, high: 3.6 }),
    ).toBe("3.46 [3.3, 3.6]");
    expect(formatEstimate(metricById("cross"), { value: -0.01, low: -0.3, high: 0.2, n: 1 })).toBe(
      "0.0 [0, 0]",
    );
  });

  it("never shows a number where there is none", () => {
    const none = { value: null, low: null, high: null, n: 0 };
    expect(formatEstimate(metricById("faithfulness"), none)).toBe("no claims");
    expect(formatEstimate(metricById("pair"), none)).toBe("no probes");
    expect(formatEstimate(metricById("pair"), undefined)).toBe("–");
  });

  it("knows its metrics", () => {
    expect(() => metricById("fidelity")).toThrow(/no metric 'fidelity'.*recall-visual/);
  });
});

describe("tables", () => {
  const systems = [system("cold start", 40), system("OPPO", 61)];

  it("keep claims, and how many are unreadable, beside faithfulness", () => {
    const at = tableColumns.indexOf("claims");
    expect(tableColumns[at + 1]).toBe("unreadable");
    expect(tableColumns[at + 2]).toMatch(/^faithfulness/);
  });

  it("align on the console and stay within the width", () => {
    const text = consoleTable(systems, { width: 80, columns: ["recall-visual", "f1", "cross"] });
    expect(text).toMatchInlineSnapshot(`
      "                  recall,                     cross-modal
                       visual %           F1 %  hallucination %
      cold start  40.0 [37, 43]  40.0 [37, 43]    40.0 [37, 43]
      OPPO        61.0 [58, 64]  61.0 [58, 64]    61.0 [58, 64]"
    `);
    const lines = consoleTable(systems, { width: 70 }).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(70);
    expect(lines.filter((line) => line.startsWith("OPPO")).length).toBeGreaterThan(1);
  });

  it("come as Markdown, with floors on request", () => {
    const text = markdownTable(systems, { columns: ["f1"], controls: true });
    expect(text.split("\n")).toEqual([
      "|  | F1 % |",
      "| --- | ---: |",
      "| cold start | 40.0 [37, 43] |",
      "| cold start, blind | 40.0 [37, 43] |",
      "| OPPO | 61.0 [58, 64] |",
      "| OPPO, blind | 61.0 [58, 64] |",
    ]);
  });
});
