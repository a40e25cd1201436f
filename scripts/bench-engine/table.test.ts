import { expect, test } from "vitest";
import { spread } from "./statistics.ts";
import { markdownTable, marker, replaceMeasured, shortNumber, times, withSpread } from "./table.ts";

test("a table has a rule, right-aligned numbers and no cell that breaks it", () => {
  expect(markdownTable(["a", "b"], [["x|y", "1"]])).toBe(
    "| a | b |\n| --- | ---: |\n| x\\|y | 1 |",
  );
});

test("numbers are short and never exponents", () => {
  expect([0, 0.01234, 1.239, 12.39, 123.9, 123456.7].map(shortNumber)).toEqual([
    "0",
    "0.0123",
    "1.24",
    "12.4",
    "124",
    "123457",
  ]);
  expect(shortNumber(Number.NaN)).toBe("–");
});

test("medians carry their quartiles where there was more than one round", () => {
  expect(withSpread(spread([1, 2, 3]))).toBe("2 (1.5–2.5)");
  expect(withSpread(spread([7]))).toBe("7");
  expect(withSpread(spread([]))).toBe("–");
  expect(times(spread([1.5, 1.5]))).toBe("1.50× (1.50–1.50)");
});

const page = `# Title\n\n${marker.begin}\nold numbers\n${marker.end}\n\nprose\n`;

test("the measured part is replaced and nothing else, as often as one likes", () => {
  const once = replaceMeasured(page, "| new |\n", "x.md");
  expect(once).toContain("| new |");
  expect(once).not.toContain("old numbers");
  expect(once.startsWith("# Title\n")).toBe(true);
  expect(once.endsWith("\n\nprose\n")).toBe(true);
  expect(replaceMeasured(once, "| new |", "x.md")).toBe(once);
});

test("a page without its markers is refused, by name", () => {
  expect(() => replaceMeasured("# Title\n", "x", "p.md")).toThrow(/p\.md.*markers/);
  expect(() => replaceMeasured(page + page, "x", "p.md")).toThrow(/markers/);
});
