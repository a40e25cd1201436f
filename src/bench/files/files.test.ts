import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { needs } from "../../../test/needs.ts";
import { writeJson } from "../../core/files.ts";
import { createGrouping, type EmotionMapping } from "../mer-unibench/index.ts";
import { predictionKind } from "./prediction-kind.ts";
import { readLabelPredictions, readReasons, readSentimentPredictions } from "./predictions.ts";
import { readTable, type Table } from "./table.ts";
import { readLabels, readTruth, readValues } from "./truth.ts";
import { readMapping, readMappings } from "./wheels.ts";

const fixture = (name: string) => `${import.meta.dirname}/fixtures/${name}`;
const temporary = () => mkdtempSync(join(tmpdir(), "oppo-files-"));

function write(name: string, text: string): string {
  const file = join(temporary(), name);
  writeFileSync(file, text);
  return file;
}

describe("predictions", () => {
  const labels = [
    ["s1", "[happy, glad]"],
    ["s2", "[]"],
  ];

  it("are read from npz, jsonl, json and csv", async () => {
    expect([...(await readReasons(fixture("predictions.npz")))]).toEqual([
      ["s1", "She smiles."],
      ["s2", "他皱眉"],
    ]);
    const files = [
      fixture("predictions-openset.npz"),
      write(
        "p.jsonl",
        labels.map(([name, openset]) => JSON.stringify({ name, openset })).join("\n"),
      ),
      write("p.json", JSON.stringify(Object.fromEntries(labels))),
      write("p.csv", `name,openset\n${labels.map(([id, text]) => `${id},"${text}"`).join("\n")}\n`),
    ];
    for (const file of files) expect([...(await readLabelPredictions(file))]).toEqual(labels);
    expect((await readLabelPredictions(fixture("openset-lists.npz"))).get("s1")).toEqual([
      "happy",
      "glad",
    ]);
    expect([
      ...(await readSentimentPredictions(fixture("predictions-openset-sentiment.npz"))),
    ]).toEqual([
      ["s1", "positive"],
      ["s2", "mixed"],
    ]);
  });

  it("are refused by file, line and field", async () => {
    const rejects = (file: string, error: object) =>
      expect(readLabelPredictions(file)).rejects.toMatchObject(error);
    await rejects("absent.npz", { code: "FILE_MISSING" });
    await rejects(write("p.txt", ""), { code: "FILE_KIND" });
    await rejects(fixture("predictions.npz"), { code: "FIELD_MISSING" });
    await rejects(write("p.jsonl", '{"name": "a", "openset": "x"}\n{"name": "b"}\n'), {
      code: "FIELD_MISSING",
      details: { line: 2 },
    });
    await rejects(write("p.csv", "name,emotion\na,b\n"), { code: "COLUMN_MISSING" });
    await rejects(write("p.csv", 'name,openset\na,"b\n'), { code: "TABLE_UNREADABLE" });
    await rejects(write("p.csv", "name,openset\na,b\na,c\n"), {
      code: "SAMPLE_TWICE",
      details: { path: "a" },
    });
    await rejects(write("p.json", '{"a": {"b": 1}}'), {
      code: "VALUE_KIND",
      details: { path: "a" },
    });
  });
});

describe("the kind of a prediction file", () => {
  it.each([
    ["labels", fixture("predictions-openset.npz")],
    ["texts", fixture("predictions.npz")],
    ["labels", write("p.jsonl", '{"name": "a", "response": "x", "openset": "[]"}\n')],
    ["texts", write("p.csv", "name,reason\na,b\n")],
    ["labels", write("p.json", '{"s1": "[happy]", "s2": ["sad"], "s3": NaN, "s4": "I cannot."}')],
    ["labels", write("p.json", '{"s1": "positive", "s2": "mixed, happy"}')],
    ["texts", write("p.json", '{"s1": "<answer>happy</answer>"}')],
    [
      "texts",
      write("p.json", '{"s1": "She smiles.", "s2": "[unclear] He frowns, yes.", "s3": "Hm."}'),
    ],
  ])("is %s", async (kind, file) => expect(await predictionKind(file)).toBe(kind));

  it.each([
    ["PREDICTIONS_EMPTY", write("p.jsonl", "")],
    ["PREDICTIONS_EMPTY", write("p.json", "[]")],
    ["PREDICTIONS_EMPTY", write("p.csv", "name,openset\n")],
    ["FIELD_MISSING", write("p.csv", "name,emotion\na,b\n")],
    ["FIELD_MISSING", write("p.jsonl", '{"name": "a", "emotion": "b"}\n')],
    ["FILE_MISSING", "absent.jsonl"],
  ])("is refused as %s", async (code, file) =>
    expect(predictionKind(file)).rejects.toMatchObject({ code, details: { file } }),
  );
});

it("Python's NaN is nothing as a label and refused as a number; text that says NaN stays", async () => {
  const json = write("p.json", '{"s1": NaN, "s2": "[NaN, \\"-Infinity]"}');
  expect([...(await readLabelPredictions(json))]).toEqual([
    ["s1", null],
    ["s2", '[NaN, "-Infinity]'],
  ]);
  const lines = write(
    "p.jsonl",
    '{"name": "s1", "openset": NaN}\n{"name": "s2", "openset": "[a]"}',
  );
  expect((await readLabelPredictions(lines)).get("s1")).toBeNull();
  await expect(readValues("sims", write("v.json", '{"s1": NaN}'))).rejects.toMatchObject({
    code: "VALUE_KIND",
  });
});

describe("truth", () => {
  it("maps the integers of tables as those of npz files", async () => {
    const csv = write("meld.csv", "name,label\ns1,0\ns2,5\ns3,joy\n");
    expect([...(await readLabels("meld", csv)).values()]).toEqual(["anger", "fear", "joy"]);
    const wrong = write("mer2023.csv", "name,label\ns1,0\n");
    await expect(readLabels("mer2023", wrong)).rejects.toMatchObject({ code: "VALUE_KIND" });
  });

  it("is read from the files of each corpus", async () => {
    expect([...(await readLabels("mer2023", fixture("label-6way.npz")))]).toEqual([
      ["s1", "happy"],
      ["s2", "sad"],
    ]);
    expect([...(await readLabels("meld", fixture("label-test.npz")))]).toEqual([
      ["s1", "joy"],
      ["s2", "fear"],
    ]);
    expect([...(await readValues("cmumosi", fixture("label-test.npz")))]).toEqual([
      ["s1", Math.fround(-1.4)],
      ["s2", 0],
    ]);
    // Session 4 is not of the test set.
    expect([...(await readLabels("iemocapfour", fixture("label-whole.npz")))]).toEqual([
      ["Ses05F_impro01_F000", "neutral"],
      ["Ses05M_script01_F001", "happy"],
    ]);
    const ov = write("ovlabel.csv", "name,openset\ns1,\"['happy', 'sad']\"\ns2,[]\ns3,\n");
    expect([...(await readLabels("ovmerdplus", ov))]).toEqual([
      ["s1", "['happy', 'sad']"],
      ["s2", "neutral"],
      ["s3", "neutral"],
    ]);
    expect((await readTruth("sims", write("l.csv", "name,label\na,-0.4\n"))).get("a")).toBe(-0.4);
  });

  it("is refused by file and sample", async () => {
    await expect(readValues("sims", write("l.csv", "name,label\na,x\n"))).rejects.toMatchObject({
      code: "VALUE_KIND",
      details: { path: "a" },
    });
    await expect(readLabels("meld", write("l.json", '{"a": 7}'))).rejects.toMatchObject({
      code: "VALUE_KIND",
    });
    await expect(readLabels("mer2023", "absent/label-6way.npz")).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringMatching(/agreement/),
    });
  });
});

/** A spreadsheet of one sheet with inline text, as small as the format allows. */
function writeXlsx(file: string, rows: readonly string[][]): void {
  const column = (index: number) => String.fromCharCode(65 + index);
  const cells = rows.map((row, r) => {
    const filled = row.map((text, c) =>
      text === "" ? "" : `<c r="${column(c)}${r + 1}" t="inlineStr"><is><t>${text}</t></is></c>`,
    );
    return `<row r="${r + 1}">${filled.join("")}</row>`;
  });
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const rels = "http://schemas.openxmlformats.org/package/2006/relationships";
  const parts: Record<string, string> = {
    "_rels/.rels": `<Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    "xl/workbook.xml": `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets></workbook>`,
    "xl/_rels/workbook.xml.rels": `<Relationships xmlns="${rels}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    "xl/worksheets/sheet1.xml": `<worksheet xmlns="${main}"><sheetData>${cells.join("")}</sheetData></worksheet>`,
  };
  const zipped = zipSync(
    Object.fromEntries(Object.entries(parts).map(([name, xml]) => [name, strToU8(xml)])),
  );
  writeFileSync(file, zipped);
}

describe("word lists", () => {
  const wheel = [
    ["level1", "level2", "level3"],
    [" Joy ", "glad", "merry"],
    ["", "", "brave"],
  ];
  const synonyms = [
    ["word_run1", "synonym_run1", "word_run2", "synonym_run2"],
    ["Brave", "fearless, bold", "merry", "jolly"],
  ];

  /** A folder of the tables, wheels and synonyms as spreadsheets or as text. */
  function tables(kind: "xlsx" | "csv", format: string): string {
    const folder = temporary();
    writeFileSync(join(folder, "format.csv"), `name,format\n${format}`);
    const put = (name: string, rows: string[][]) => {
      if (kind === "xlsx") return writeXlsx(join(folder, `${name}.xlsx`), rows);
      const text = rows.map((row) => row.map((cell) => `"${cell}"`).join(",")).join("\n");
      writeFileSync(join(folder, `${name}.csv`), text);
    };
    put("synonym", synonyms);
    for (let n = 1; n <= 5; n++) put(`wheel${n}`, wheel);
    return folder;
  }

  const clusterOf = (mapping: EmotionMapping, word: string) =>
    [...createGrouping(mapping, { method: "M3", wheel: 4, level: 2 })([word])][0];

  it.each(["xlsx", "csv"] as const)("are read from .%s tables", async (kind) => {
    const mapping = await readMapping(tables(kind, 'fearless,"fearless,fear"\njolly,jolly\n'));
    expect(mapping.id).toBe("unibench");
    expect(mapping.wheels.map(({ name }) => name)).toHaveLength(5);
    expect(["fear", "jolly", "bold"].map((word) => clusterOf(mapping, word))).toEqual([
      "glad",
      "glad",
      undefined,
    ]);
  });

  it("are told apart by the corrected entry", async () => {
    const folder = tables("csv", "fearless,fearless\n");
    const mapping = await readMapping(folder);
    expect([mapping.id, clusterOf(mapping, "fear")]).toEqual(["mer2026", undefined]);
  });

  it("are read ready-made", async () => {
    const folder = temporary();
    const level = { glad: "joy" };
    writeJson(join(folder, "wheel_mapping.json"), {
      format_mapping: { gladly: ["glad", "glad"] },
      raw_mapping: { glad: ["glad"] },
      wheel_map_whole: { wheel1: { level1: level, level2: level } },
    });
    const mapping = await readMapping(folder);
    expect(mapping.forms.get("gladly")).toEqual(["glad"]);
    expect([...createGrouping(mapping, { method: "M3", wheel: 0, level: 1 })(["gladly"])]).toEqual([
      "joy",
    ]);
    writeJson(join(folder, "wheel_mapping.json"), { format_mapping: [] });
    await expect(readMapping(folder)).rejects.toMatchObject({
      code: "MAPPING_SHAPE",
      details: { path: "wheel_map_whole" },
    });
  });

  it("are read ready-made from numpy's own file", async () => {
    const mapping = await readMapping(fixture(""));
    expect([mapping.id, mapping.wheels.length]).toEqual(["mer2026", 5]);
    expect([clusterOf(mapping, "merry"), clusterOf(mapping, "joyful")]).toEqual([
      "mirth5",
      undefined,
    ]);
  });

  it("are found in the subfolders of both editions", async () => {
    const folder = temporary();
    mkdirSync(join(folder, "unibench"));
    await expect(readMappings(folder)).rejects.toMatchObject({
      code: "FILE_MISSING",
      message: expect.stringMatching(/format\.csv.*emotion_wheel/),
    });
    await expect(readMappings(join(folder, "absent"))).rejects.toMatchObject({
      code: "FILE_MISSING",
    });
  });
});

const wheels = "../shared/data/emotion_wheel";
describe.skipIf(!needs.shared.met)(`the real lists ${needs.shared.title}`, () => {
  it("are the same as spreadsheets and as text", async () => {
    for (const name of ["synonym", "wheel1", "wheel2", "wheel3", "wheel4", "wheel5"]) {
      const [sheet, text] = await Promise.all(
        ["xlsx", "csv"].map((kind) => readTable(`${wheels}/unibench/${name}.${kind}`)),
      );
      const trimmed = ({ rows }: Table) =>
        rows.map((row) => Object.values(row).map((cell) => cell.trim()));
      expect(trimmed(sheet!)).toEqual(trimmed(text!));
    }
  });

  it("have the known sizes and the known defect", async () => {
    const [published, corrected] = await readMappings(wheels);
    expect([published!.forms.size, corrected!.forms.size]).toEqual([7386, 7356]);
    expect(published!.synonyms.size).toBe(1255);
    expect(published!.wheels.map(({ level1 }) => level1.size)).toEqual([114, 126, 78, 102, 77]);
    expect(corrected!.wheels).toEqual(published!.wheels);
    expect(corrected!.synonyms).toEqual(published!.synonyms);
    const fear = (mapping: EmotionMapping) =>
      mapping.wheels.map(
        (_, wheel) => [...createGrouping(mapping, { method: "M3", wheel, level: 1 })(["fear"])][0],
      );
    expect(fear(published!)).toEqual(["scared", "happy", "joyful", "genius", "joyful"]);
    expect(fear(corrected!)).toEqual(["scared", "fearful", "scared", "fear", "scared"]);
  });
});
