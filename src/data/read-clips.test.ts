import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DataError } from "../core/errors.ts";
import type { ReadOptions } from "./options.ts";
import { readClips } from "./read-clips.ts";
import type { Needs } from "./rows.ts";
import { drawSplits } from "./split/draw.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-data-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
function put(name: string, content: string | Buffer = "media"): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
}
const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const columns = (named: object) => ({ columns: named }) as ReadOptions;
const texts: Needs = { media: "ignore" };

describe("readClips", () => {
  it("reads clips.jsonl with every field it can hold", () => {
    for (const name of ["a.mp4", "a.wav", "a-face.npy"]) put(name);
    const list = put(
      "clips.jsonl",
      lines({
        clip_id: "a",
        split: "test",
        group: 7,
        video: "a.mp4",
        audio: "a.wav",
        video_features: "a-face.npy",
        reference: "<think>A smile.</think><answer>joy</answer>",
        labels: ["joy", "pride"],
        subtitle: "Ha!",
        question: "How?",
        congruent: false,
        cold_start: ["one", "two"],
      }),
    );
    const { rows, source, places } = readClips(list);
    expect(rows).toEqual([
      {
        id: "a",
        split: "test",
        group: "7",
        media: { video: at("a.mp4"), audio: at("a.wav") },
        features: { video: at("a-face.npy") },
        reference: "<think>A smile.</think><answer>joy</answer>",
        labels: ["joy", "pride"],
        subtitle: "Ha!",
        question: "How?",
        congruent: false,
        coldStart: ["one", "two"],
      },
    ]);
    expect(source).toMatchObject({ name: "clips.jsonl", rows: 1, format: "clips" });
    expect(places.get("a")).toEqual({ file: list, line: 1 });
  });

  it("reads `label` in one row and `labels` in another, and refuses both in one", () => {
    const rows = [
      { id: 1, label: "joy", x: 1 },
      { id: 2, labels: ["bitter, sweet"] },
    ];
    const read = (...all: object[]) => readClips(put("t.jsonl", lines(...all)), {}, texts);
    expect(read(...rows).rows.map((row) => row.labels)).toEqual([["joy"], ["bitter, sweet"]]);
    expect(() => read(...rows, { id: 3, label: "a", labels: ["b"] })).toThrow(
      /t\.jsonl:3: labels: give `label` or `labels`, not both/,
    );
  });

  it("says which of two columns is taken for the id", () => {
    const { notes } = readClips(put("t.csv", "id,name\n1,a\n"), {}, texts);
    expect(notes[0]).toMatch(/^column 'id' is taken for id; 'name' could be it, too \(--id/);
  });

  it("finds columns by name, whatever their case, and says what it took", () => {
    put("vids/s1.mp4");
    const list = put("t.csv", "Video ID,Speaker,Reasons,Emotion,Notes\ns1,Ann,A smile.,joy,x\n");
    const read = readClips(list, { videos: at("vids") });
    expect(read.rows).toEqual([
      {
        id: "s1",
        group: "Ann",
        media: { video: at("vids/s1.mp4") },
        reference: "A smile.",
        labels: ["joy"],
      },
    ]);
    expect(read.columns).toMatchObject({ id: "Video ID", text: "Reasons", label: "Emotion" });
    expect(read.notes).toContain("columns that nothing reads: Notes");
  });

  it("says which other column could have been the text", () => {
    const { notes, rows } = readClips(put("t.csv", "id,text,reasons\n1,a,b\n"), {}, texts);
    expect(rows[0]!.reference).toBe("b");
    expect(notes[0]).toBe(
      "column 'reasons' is taken for text; 'text' could be it, too (--text names another)",
    );
  });

  it("takes the reference's answer for a label where no column has one", () => {
    const list = put(
      "t.jsonl",
      lines(
        { id: 1, reference: "<think>x</think><answer> joy </answer>", label: "" },
        { id: 2, reference: "<think>x</think><answer>joy</answer>", label: "pride" },
        { id: 3, reference: "x" },
      ),
    );
    const labels = readClips(list, {}, texts).rows.map((row) => row.labels);
    expect(labels).toEqual([["joy"], ["pride"], []]);
  });

  it.each([
    ["one word, kept as given", '"label"\nbitter joy', ["bitter joy"]],
    ["a list as Python prints it", "label\n\"['happy', 'at ease']\"", ["happy", "at ease"]],
    ["a list without quotes", 'openset\n"[happy, sad]"', ["happy", "sad"]],
    ["words in a column in the plural", 'labels\n"happy, sad"', ["happy", "sad"]],
    ["a comma in a column in the singular", 'label\n"happy, sad"', ["happy, sad"]],
  ])("reads labels: %s", (_name, content, expected) => {
    const [header, value] = content.split("\n");
    const list = put("t.csv", `id,${header}\n1,${value}\n`);
    expect(readClips(list, {}, texts).rows[0]!.labels).toEqual(expected);
  });

  it("gives the same rows for CSV, TSV, semicolons, JSON and JSONL", () => {
    const jsonl = put("t.jsonl", lines({ id: "1", text: "a b" }, { id: "2", text: "c" }));
    const { rows } = readClips(jsonl, {}, texts);
    for (const [name, content] of [
      ["t.csv", "id,text\n1,a b\n2,c"],
      ["t.tsv", "id\ttext\r\n1\ta b\r\n2\tc\r\n"],
      ["semicolons.csv", "\uFEFFid;text\n1;a b\n2;c\n"],
      ["list.json", '[{"id": "1", "text": "a b"}, {"id": "2", "text": "c"}]'],
      ["by-id.json", '{"1": {"text": "a b"}, "2": {"text": "c"}}'],
      ["texts-by-id.json", '\uFEFF{"1": "a b", "2": "c"}'],
    ] as const) {
      expect(readClips(put(name, content), {}, texts).rows, name).toEqual(rows);
    }
    expect(readClips(at("semicolons.csv"), {}, texts).notes).toContain(
      "its columns are separated by semicolons",
    );
  });

  it("reads the last line of a list whether or not it ends in a line break", () => {
    const list = put("t.jsonl", '{"id":"1"}\n{"id":"2"}');
    expect(readClips(list, {}, texts).rows).toHaveLength(2);
  });

  it("keeps U+2028 inside a line", () => {
    const list = put("t.jsonl", lines({ id: 1, text: "a\u2028b" }, { id: 2, text: "c\u0085d" }));
    expect(readClips(list, {}, texts).rows.map((row) => row.reference)).toEqual([
      "a\u2028b",
      "c\u0085d",
    ]);
  });

  it("drops nothing of true and false as pandas and spreadsheets write them", () => {
    const list = put("t.csv", "id,congruent\n1,TRUE\n2,False\n3,1\n4,no\n5,\n");
    expect(readClips(list, {}, texts).rows.map((row) => row.congruent)).toEqual([
      true,
      false,
      true,
      false,
      undefined,
    ]);
  });

  it("reads a folder of clips without a list", () => {
    put("vids/b.mp4");
    put("vids/sub/a.webm");
    put("vids/b.wav");
    const { rows, notes, source } = readClips(at("vids"));
    expect(rows).toEqual([
      { id: "b", media: { video: at("vids/b.mp4") }, labels: [] },
      { id: "sub/a", media: { video: at("vids/sub/a.webm") }, labels: [] },
    ]);
    expect(notes).toContain("1 files of sound beside the films are not read (--audios FOLDER)");
    expect(source).toMatchObject({ name: "vids", rows: 2, format: "folder" });
    put("vids/refs.csv", "id\nb\n");
    expect(readClips(at("vids")).notes).toContain(
      "refs.csv in the folder is not read: give the list, not the folder",
    );
  });
});

describe("files of a list", () => {
  it("are found with and without ending, by id, by path, relative and absolute", () => {
    const elsewhere = put("else where/100% émotion 😊.mp4");
    put("lists/films/c.MKV");
    put("vids/d.mp4");
    put("vids/7.mp4");
    const list = put(
      "lists/t.jsonl",
      lines(
        { id: "a", video: elsewhere },
        { id: "b", video: "../else where/100% émotion 😊" },
        { id: "c", video: "films/c" },
        { id: "d.mp4" },
        { id: 7 },
      ),
    );
    const { rows } = readClips(list, { videos: at("vids") });
    expect(rows.map(({ id, media }) => [id, media.video])).toEqual([
      ["a", elsewhere],
      ["b", elsewhere],
      ["c", at("lists/films/c.MKV")],
      ["d", at("vids/d.mp4")],
      ["7", at("vids/7.mp4")],
    ]);
  });

  it("are found whatever the Unicode form of list and file system", () => {
    const name = "José";
    put(`vids/${name.normalize("NFD")}.mp4`);
    put(`${name.normalize("NFD")}.wav`);
    const list = put("t.jsonl", lines({ id: name, audio: `${name.normalize("NFC")}.wav` }));
    const { rows } = readClips(list, { videos: at("vids") });
    expect(rows[0]).toMatchObject({
      id: name.normalize("NFC"),
      media: {
        video: at(`vids/${name.normalize("NFD")}.mp4`),
        audio: at(`${name.normalize("NFD")}.wav`),
      },
    });
  });

  it("can be picture and sound apart, and features of one stream", () => {
    for (const name of ["v/a.mp4", "w/a.wav", "clip/a.npy", "hubert.npz"]) put(name);
    const list = put("t.csv", "id\na\n");
    const apart = readClips(list, { videos: at("v"), audios: at("w") });
    expect(apart.rows[0]!.media).toEqual({ video: at("v/a.mp4"), audio: at("w/a.wav") });
    const made = readClips(list, {
      features: { video: at("clip"), audio: at("hubert.npz") },
    });
    expect(made.rows[0]).toMatchObject({
      media: {},
      features: { video: at("clip/a.npy"), audio: at("hubert.npz") },
    });
  });

  it("that no row names are counted, and rows without a file are left out by name", () => {
    put("v/a.mp4");
    put("v/z.mp4");
    const { rows, left, notes, unused } = readClips(put("t.csv", "id\na\nb\n"), {
      videos: at("v"),
    });
    expect(rows.map(({ id }) => id)).toEqual(["a"]);
    expect(left).toEqual([{ id: "b", line: 3, reason: "no video file is called 'b'" }]);
    expect(notes).toContain(
      "1 row is left out, the first: b (line 3): no video file is called 'b'",
    );
    expect(unused).toEqual(["z.mp4"]);
  });

  it("say so where a folder is called like a film, and where two files are called alike", () => {
    mkdirSync(at("v/a.mp4"), { recursive: true });
    put("v/b.mp4");
    put("v/b.webm");
    put("v/c.mp4");
    const { left } = readClips(put("t.csv", "id\na.mp4\nb\nc\n"), { videos: at("v") });
    expect(left.map(({ reason }) => reason)).toEqual([
      "'a.mp4' is a folder",
      "several files are called 'b': b.mp4, b.webm",
    ]);
    expect(() => readClips(at("t.csv"), { videos: at("v") }, { media: "refuse" })).toThrow(
      /t\.csv:2: 'a\.mp4' is a folder \(looked in .*; correct the row or leave it out/,
    );
    const named = readClips(put("t.jsonl", lines({ video: "v/a.mp4" }, { video: "v/c.mp4" })));
    expect(named.left).toEqual([{ id: "a", line: 1, reason: "is a folder: v/a.mp4" }]);
  });
});

describe("a list that can't be read is refused", () => {
  it.each<[string, string, string | Buffer, string]>([
    ["zero bytes", "t.csv", "", "t.csv: is empty: 0 bytes (a list has one row a clip)"],
    ["white space", "t.jsonl", "\n \n", "t.jsonl: holds no text"],
    ["a header alone", "t.csv", "id,text\n", "t.csv: has columns but no rows"],
    ["an empty list", "t.json", "[]", "t.json: has columns but no rows"],
    [
      "a spreadsheet",
      "t.xlsx",
      "PK",
      "t.xlsx: neither .csv, .tsv, .jsonl nor .json (save it as CSV",
    ],
    ["another ending", "t.txt", "x", "t.txt: neither .csv, .tsv, .jsonl nor .json"],
    [
      "GBK",
      "t.csv",
      Buffer.from("69642c6c6162656c0a312cb8dfd0cb0a", "hex"),
      "t.csv:2: is not UTF-8: byte 12 (0xb8) belongs to another encoding, perhaps GBK or Latin-1",
    ],
    ["UTF-16 without a mark", "t.csv", Buffer.from("id,x\n", "utf16le"), "it is UTF-16"],
    [
      "fields that don't fit",
      "t.csv",
      'id,b\n"1\n",2\n3\n',
      "t.csv:4: 1 fields where the header has 2",
    ],
    ["an open quote", "t.csv", 'id,b\n1,2\n3,"open\n\n', "t.csv:3: a quoted field never ends"],
    ["text after a quote", "t.csv", 'id,b\n"1"x,2\n', "t.csv:2: text after a closing quote"],
    ["a column named twice", "t.csv", "id,a,a\n1,2,3\n", "t.csv:1: two columns are called 'a'"],
    ["a cut last line", "t.jsonl", '{"id":1}\n{"id":', "t.jsonl:2: is not JSON"],
    ["a comma after a line", "t.jsonl", '{"id":1},\n', "no comma at the end of a line"],
    [
      "a JSON list called .jsonl",
      "t.jsonl",
      "[\n{}]",
      "is one JSON list, not one object a line (call it .json)",
    ],
    ["JSONL called .json", "t.json", '{"id":1}\n{"id":2}\n', "one object a line: call it .jsonl"],
    ["a line that is no object", "t.jsonl", '{"id":1}\n[2]\n', "t.jsonl:2: "],
    ["an element that is no object", "t.json", '[\n{"id":1},\n2]', "t.json:3: is not an object"],
    [
      "an id twice in an object",
      "t.json",
      '{"a":{},\n"b":{},\n"a":{}}',
      "t.json:3: the key 'a' stands twice in one object, first in line 1",
    ],
    [
      "a list inside an object",
      "t.json",
      '{"data":[{"id":1}]}',
      "'data' holds a list (give that list alone",
    ],
    ["the same id twice", "t.csv", "id\na\nb\na.mp4\n", "t.csv:4: id: 'a' is in line 2 already"],
    ["a blank id", "t.csv", "id,b\n ,x\n", "t.csv:2: id: is blank"],
    ["an id that is no name", "t.jsonl", '{"id":{}}\n', "t.jsonl:1: id: is an object"],
    [
      "an unknown side",
      "t.csv",
      "id,split\n1,train\n2,trian\n",
      "t.csv:3: split: 'trian' is no side of a split",
    ],
    [
      "a class index",
      "t.csv",
      "id,label\n1,3\n",
      "t.csv:2: label: is the number 3 (name emotions in words",
    ],
    [
      "a text that is none",
      "t.jsonl",
      '{"id":1,"text":5}\n',
      "t.jsonl:1: text: is a number, not a text",
    ],
    [
      "neither true nor false",
      "t.csv",
      "id,congruent\n1,maybe\n",
      "t.csv:2: congruent: 'maybe' is neither true nor false",
    ],
  ])("%s", (_name, name, content, message) => {
    const read = () => readClips(put(name, content), {}, texts);
    expect(read).toThrow(DataError);
    expect(read).toThrow(message);
  });

  it("where it is missing, or a folder without clips", () => {
    expect(() => readClips(at("no.csv"))).toThrow(/no\.csv: no such file or folder/);
    expect(() => readClips(folder)).toThrow("the folder holds no clips");
    put("v/a.mp4");
    expect(() => readClips(at("v"), {}, { text: "column" })).toThrow(
      "is a folder of clips without a list: no references (give a list",
    );
    const list = put("t.csv", "id\na\n");
    expect(() => readClips(list, { videos: at("nope") })).toThrow(/nope: no such folder/);
    expect(() => readClips(list, { videos: list })).toThrow(/t\.csv: is a file, not a folder/);
  });

  it("for a missing column, saying what it has and the option that names it", () => {
    const list = put("t.csv", "filename2,note,feeling\nx,y,joy\n");
    expect(() => readClips(list, {}, texts)).toThrow(
      "no column for the id (it has: filename2, note, feeling; name one with --id)",
    );
    expect(() =>
      readClips(list, columns({ id: "filename2" }), { ...texts, text: "column" }),
    ).toThrow(
      "no column for the reference text (it has: filename2, note, feeling; name one with --text)",
    );
    expect(() => readClips(list, columns({ id: "nr" }), texts)).toThrow(
      "no column 'nr' for id (it has: filename2, note, feeling)",
    );
    const named = columns({ id: "filename2", text: "note", label: "feeling" });
    expect(readClips(list, named, texts).rows).toEqual([
      { id: "x", media: {}, reference: "y", labels: ["joy"] },
    ]);
  });

  it("where list and folder don't match at all, saying what each has", () => {
    put("v/clip_1.mp4");
    put("v/clip_2.mp4");
    const list = put("t.csv", "id\nsample_1\nsample_2\nsample_3\nsample_4\n");
    expect(() => readClips(list, { videos: at("v") })).toThrow(
      `none of 4 rows has its file (no video file is called 'sample_1'): the list has sample_1, sample_2, sample_3, … (4 in all); ${at("v")} has clip_1.mp4, clip_2.mp4`,
    );
    mkdirSync(at("empty"));
    expect(() => readClips(list, { videos: at("empty") })).toThrow("has nothing of its kind");
    const own = put("own.csv", "id\nclip_1\n");
    expect(() => readClips(own, { videos: at("v"), audios: at("empty") })).toThrow(
      `(no audio file is called 'clip_1'): the list has clip_1; ${at("v")} has clip_1.mp4, clip_2.mp4; ${at("empty")} has nothing`,
    );
  });

  it("by line for a file that is not there, where a command needs all of them", () => {
    put("a.mp4");
    const list = put("t.jsonl", lines({ video: "a.mp4" }, { video: "b.mp4" }));
    expect(() => readClips(list, {}, { media: "refuse" })).toThrow(
      /t\.jsonl:2: no such file: b\.mp4/,
    );
  });

  it("by line for a misspelt field of clips.jsonl, and for two kinds of labels", () => {
    const first = { clip_id: "a", video: "a.mp4" };
    const read = (more: object) =>
      readClips(put("c.jsonl", lines(first, { ...first, clip_id: "b", ...more })), {}, texts);
    expect(() => read({ lable: "joy" })).toThrow(/c\.jsonl:2: row: Unrecognized key: "lable"/);
    expect(() => read({ label: "a", labels: ["b"] })).toThrow(
      /c\.jsonl:2: labels: give `label` or `labels`, not both/,
    );
  });
});

describe("a long list", () => {
  it("takes time in proportion to its rows: reading, finding files, drawing sides", () => {
    mkdirSync(at("v"));
    for (let row = 0; row < 1_600; row++) writeFileSync(at(`v/clip ${row}.mp4`), "");
    const list = (rows: number) =>
      put(
        `${rows}.jsonl`,
        lines(
          ...Array.from({ length: rows }, (_, row) => ({
            id: `c${row}`,
            video: `v/clip ${row % 1_600}`,
            group: `g${row % 100}`,
          })),
        ),
      );
    const seconds = (file: string) => {
      const runs = [1, 2].map(() => {
        const { user } = process.cpuUsage();
        drawSplits(readClips(file).rows, { test: 0.2, validation: 0.1 }, new Map());
        return process.cpuUsage().user - user;
      });
      return Math.min(...runs);
    };
    const [short, long] = [list(500), list(8_000)];
    seconds(short);
    // 16 times the rows: 256 times the time if it were quadratic.
    expect(seconds(long) / seconds(short)).toBeLessThan(64);
  });
});
