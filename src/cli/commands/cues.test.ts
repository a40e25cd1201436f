import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { needs } from "../../../test/needs.ts";
import { cuesCommand, readTexts } from "./cues.ts";

let folder: string;
let printed: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-cues-"));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    printed += String(chunk);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

const text = "In the video, he smiles. In the audio, his voice isn't loud. In the text, he lies.";

test("csv: cues and agreement for people", () => {
  const file = write("a.csv", `name,english\ns1,"${text}"\ns2,"${text}"\n`);
  const report = cuesCommand(file, { limit: 1 });
  expect(report).toMatchObject({ texts: 2, placed: 2 });
  expect(report.agreement.visual).toMatchObject({ sentences: 2, right: 2 });
  expect(printed).toContain("visual   smiles");
  expect(printed).toContain("acoustic (denied) voice isn't loud");
  expect(printed).not.toContain("s2");
  expect(printed).toMatch(/as labelled +acoustic +2 +100\.0 %/);
});

test("jsonl of ms-swift: one JSON object per text, then the agreement", () => {
  const messages = [
    { role: "user", content: "How does he feel?" },
    { role: "assistant", content: "<think>In the video, he smiles.</think><answer>joy</answer>" },
  ];
  const file = write("a.jsonl", `${JSON.stringify({ id: "c1", messages })}\n`);
  cuesCommand(file, { json: true });
  const [row, report] = printed
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(row).toMatchObject({
    id: "c1",
    extractor: "rules-1",
    cues: [{ modality: "visual", text: "smiles", positive: true }],
  });
  expect(report).toMatchObject({ texts: 1, placed: 0 });
});

test("ids and the fixed split choose texts; the two sides are disjoint and complete", () => {
  const rows = Array.from({ length: 50 }, (_, index) => `s${index},${text.replaceAll(",", ";")}`);
  const file = write("a.csv", `id,text\n${rows.join("\n")}\n`);
  const count = (options: Parameters<typeof cuesCommand>[1]) =>
    cuesCommand(file, { ...options, limit: 0 }).texts;
  expect(count({ ids: ["s3", "s7"] })).toBe(2);
  const development = count({ split: "development" });
  expect(development).toBeGreaterThan(20);
  expect(count({ split: "held-out" })).toBe(50 - development);
  expect(() => count({ ids: ["nobody"] })).toThrow("no text was chosen");
});

test.each([
  ["a.csv", "id,note\n1,x\n", "it has: id, note; name one with --text"],
  ["a.jsonl", '{"id":1,"text":5}\n', "a.jsonl:1: text: is a number, not a text"],
  ["a.txt", "x", "neither .csv, .tsv, .jsonl nor .json"],
])("%s: %s", (name, content, message) => {
  expect(() => readTexts(write(name, content))).toThrow(message);
});

test("a column can be named", () => {
  expect(readTexts(write("a.csv", "id,note\n1,x\n"), { columns: { text: "note" } })).toEqual([
    { id: "1", text: "x" },
  ]);
  expect(() => readTexts(join(folder, "none.csv"))).toThrow(/no such file/);
});

const emer = "../shared/data/emer/emer_v2.csv";
test.skipIf(!needs.shared.met)(
  `EMER v2, texts the rules were not tuned on ${needs.shared.title}`,
  () => {
    const { agreement } = cuesCommand(emer, { split: "held-out", limit: 0 });
    const share = (block: "visual" | "acoustic") => {
      const { sentences, right, neutral, other } = agreement[block];
      return { fine: (right + neutral) / sentences, other: other / sentences };
    };
    expect(share("acoustic").fine).toBeGreaterThanOrEqual(0.95);
    expect(share("visual").fine).toBeGreaterThanOrEqual(0.85);
    expect(share("acoustic").other).toBeLessThanOrEqual(0.02);
    expect(share("visual").other).toBeLessThanOrEqual(0.02);
  },
);
