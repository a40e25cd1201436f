import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readClips } from "../read-clips.ts";
import { toClipLine } from "../to-clip-line.ts";
import { hasColumns, type Importer } from "./importer.ts";
import { importers } from "./index.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-import-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
function put(name: string, content = "media"): string {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
}
const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const texts = { media: "ignore" } as const;

describe("EMER", () => {
  it("version 2: the English text, without a leaked 'Input: '", () => {
    const list = put("emer.csv", 'name,chinese,english\ns1,微笑,"Input: In the video, a smile."\n');
    const { rows, source, notes } = readClips(list, {}, texts);
    expect(source.format).toBe("emer");
    expect(rows).toEqual([
      { id: "s1", media: {}, reference: "In the video, a smile.", labels: [] },
    ]);
    expect(notes).toContain('"Input: " before 1 texts was left away');
    expect(notes).toContain("columns that nothing reads: chinese");
  });

  it("version 1: label, subtitle and reasons", () => {
    const list = put("emer.csv", "names,emotions,subtitles,reasons\ns1,happy,Ha!,A smile.\n");
    expect(readClips(list, {}, texts).rows).toEqual([
      { id: "s1", media: {}, reference: "A smile.", labels: ["happy"], subtitle: "Ha!" },
    ]);
  });
});

describe("MER-Caption+", () => {
  const files = () => {
    put("track3_train_mercaptionplus.csv", "name,reason\ns1,A smile.\ns2,A frown.\n");
    put("track2_train_mercaptionplus.csv", "name,openset\ns1,\"['happy', 'at ease']\"\ns3,[sad]\n");
    put("subtitle_chieng.csv", "name,chinese,english\ns1,哈,Ha!\ns2,啊,\n");
    put("video/s1.mp4");
    put("video/s2.mp4");
  };

  it("joins descriptions, labels, subtitles and films of its folder", () => {
    files();
    const { rows, notes, source } = readClips(folder);
    expect(source.format).toBe("mer-caption-plus");
    expect(rows).toEqual([
      {
        id: "s1",
        media: { video: at("video/s1.mp4") },
        reference: "A smile.",
        labels: ["happy", "at ease"],
        subtitle: "Ha!",
      },
      { id: "s2", media: { video: at("video/s2.mp4") }, reference: "A frown.", labels: [] },
    ]);
    expect(notes).toContain("1 clips have no labels");
    expect(notes).toContain("1 labelled clips have no description and are left out");
    expect(readClips(at("track3_train_mercaptionplus.csv")).rows).toEqual(rows);
  });

  it("says what is not beside the list", () => {
    const list = put("track3_train_ovmerd.csv", "name,reason\ns1,A smile.\n");
    expect(readClips(list, {}, texts).notes).toEqual([
      "no labels: track2_train_*.csv is not beside the list",
      "no subtitles: subtitle_chieng.csv is not beside the list",
    ]);
  });
});

describe("MER-Factory", () => {
  it("reads its output folder: summary, ground truth, and the film where it is", () => {
    const film = put("films/a.mp4");
    const result = (path: string, more: object) =>
      JSON.stringify({
        source_path: path,
        chronological_emotion_peaks: ["Peak at 1.0s: happy (slight)"],
        coarse_descriptions_at_peak: { audio_analysis: "A loud voice." },
        final_summary: "A smile and a loud voice.",
        ...more,
      });
    put("out/a/a_merr_data.json", result(film, { ground_truth_label: "joy" }));
    put("out/b/b_merr_data.json", result("C:\\data\\b.mp4", {}));
    put("out/a/a_audio_analysis.json", "{}");
    put("elsewhere/b.mkv");
    const { rows, notes, source } = readClips(at("out"), { videos: at("elsewhere") });
    expect(source.format).toBe("mer-factory");
    const reference = "A smile and a loud voice.";
    expect(rows).toEqual([
      { id: "a", media: { video: film }, reference, labels: ["joy"] },
      { id: "b", media: { video: at("elsewhere/b.mkv") }, reference, labels: [] },
    ]);
    expect(notes[0]).toMatch(/^1 of 2 clips have no ground_truth_label; emotions guessed/);
    put("out/c/c_merr_data.json", "{");
    expect(() => readClips(at("out"))).toThrow(/c_merr_data\.json: is not JSON/);
  });

  it("reads the CSV it exports and the JSON for Emotion-LLaMA", () => {
    const csv = put(
      "mer_export_data.csv",
      '"source_path","audio_analysis","final_summary","file_type"\n"/x/a.mp4","loud","One.\\nTwo.","mer"\n',
    );
    expect(readClips(csv, {}, texts).rows[0]).toMatchObject({ id: "a", reference: "One.\nTwo." });
    const merr = {
      a: { AU_list: [], pseu_emotion: "happy", smp_reason_caption: "A smile.", text: "" },
    };
    const json = put("MERR_fine_grained.json", JSON.stringify(merr));
    const read = readClips(json, {}, texts);
    expect(read.rows).toEqual([{ id: "a", media: {}, reference: "A smile.", labels: [] }]);
    expect(read.notes).toContain("columns that nothing reads: pseu_emotion");
    const named = readClips(json, { columns: { label: "pseu_emotion" } }, texts);
    expect(named.rows[0]!.labels).toEqual(["happy"]);
  });
});

describe("ms-swift", () => {
  const user = { role: "user", content: "<video><audio>How does he feel?" };

  it("reads what `oppo export ms-swift` writes", () => {
    put("a.mp4");
    const row = {
      messages: [user],
      videos: [at("a.mp4")],
      clip_id: "a",
      reference: "<think>A smile.</think><answer>joy</answer>",
      labels: ["joy", "pride"],
    };
    const { rows, source, notes } = readClips(put("data.jsonl", lines(row)));
    expect(source.format).toBe("ms-swift");
    expect(rows).toEqual([
      {
        id: "a",
        media: { video: at("a.mp4") },
        reference: row.reference,
        labels: ["joy", "pride"],
        question: "How does he feel?",
      },
    ]);
    expect(notes).toEqual([]);
  });

  it("reads others': the last answer is the reference, the film's name the id", () => {
    put("v/a.mp4");
    put("v/a.wav");
    const messages = [user, { role: "assistant", content: "<think>x</think><answer>joy</answer>" }];
    const rows = [
      { messages, videos: ["v/a.mp4"], audios: ["v/a.wav"] },
      { messages: [user], videos: "v/b.mp4", solution: "<answer>anger</answer>" },
      {
        messages: [{ from: "human", value: "?" }],
        videos: [{ video: "v/c.mp4" }],
        solution: "fear",
      },
    ];
    put("v/b.mp4");
    put("v/c.mp4");
    const read = readClips(put("data.jsonl", lines(...rows)));
    expect(read.rows).toEqual([
      {
        id: "a",
        media: { video: at("v/a.mp4"), audio: at("v/a.wav") },
        reference: "<think>x</think><answer>joy</answer>",
        labels: ["joy"],
        question: "How does he feel?",
      },
      {
        id: "b",
        media: { video: at("v/b.mp4") },
        labels: ["anger"],
        question: "How does he feel?",
      },
      { id: "c", media: { video: at("v/c.mp4") }, labels: ["fear"], question: "?" },
    ]);
    expect(read.notes).toContain("relative paths are read from the list's folder");
  });

  it.each<[string, object, string]>([
    [
      "two films",
      { messages: [user], videos: ["a", "b"] },
      "videos: names 2 files: a clip has one",
    ],
    [
      "pictures",
      { messages: [user], images: ["a.png"] },
      "has images and neither videos nor audios",
    ],
    ["no conversation", { messages: "hi", videos: ["a"] }, "messages: is not a list of turns"],
    ["paths that are none", { messages: [user], videos: [1] }, "videos: is not a list of paths"],
  ])("refuses %s by line", (_name, row, message) => {
    const list = put("data.jsonl", lines({ messages: [user], videos: ["x.mp4"] }, row));
    expect(() => readClips(list, {}, texts)).toThrow(`data.jsonl:2: ${message}`);
  });
});

/** A form of nobody's: a clip a row, what is seen and what is heard in two columns. */
const toy: Importer = {
  format: "toy" as Importer["format"],
  meaning: "a test's",
  expects: "columns clip_no, seen and heard",
  recognises: (list) => hasColumns(list, "clip_no", "seen", "heard"),
  read: ({ table }) => ({
    columns: ["id", "reference"],
    records: table!.records.map((record) => {
      const { clip_no, seen, heard } = record.fields;
      const reference = `In the video, ${seen}. In the audio, ${heard}.`;
      return { ...record, fields: { id: clip_no, reference } };
    }),
    notes: ["two columns make a reference"],
  }),
};

describe("a form that was added to the table", () => {
  const table = [toy, ...importers];
  const content = "clip_no,seen,heard\n7,a smile,laughter\n";

  it("is recognised and read, and its media are found, by the one reader", () => {
    const list = put("toy.csv", content);
    put("7.mp4");
    const { rows, source, notes } = readClips(list, {}, { importers: table });
    expect(rows).toEqual([
      {
        id: "7",
        media: { video: at("7.mp4") },
        reference: "In the video, a smile. In the audio, laughter.",
        labels: [],
      },
    ]);
    expect(source).toMatchObject({ format: "toy", rows: 1 });
    expect(notes).toContain("two columns make a reference");
  });

  it("leaves lists of other forms to their importers, and is refused where it is not", () => {
    const emer = put("emer.csv", "name,chinese,english\ns1,微笑,A smile.\n");
    const own = { ...texts, importers: table };
    expect(readClips(emer, {}, own).source.format).toBe("emer");
    expect(() => readClips(emer, { format: toy.format }, own)).toThrow(
      "is not of the form toy: it has name, chinese, english (expected: columns clip_no, seen",
    );
  });

  it("without its line is any table, refused for the columns it lacks", () => {
    const list = put("toy.csv", content);
    expect(() => readClips(list, {}, texts)).toThrow(/clip_no/);
  });
});

describe("a form", () => {
  it("that is named must be there", () => {
    const list = put("t.csv", "id,text\n1,a\n");
    expect(() => readClips(list, { format: "emer" })).toThrow(
      "is not of the form emer: it has id, text (expected: columns name, chinese and english",
    );
    expect(() => readClips(folder, { format: "table" })).toThrow(
      "it is a folder (expected: a file)",
    );
  });

  it("is written as clips.jsonl and read back the same", () => {
    for (const name of ["v/a.mp4", "w/a.wav", "f/a.npy"]) put(name);
    const list = put(
      "t.csv",
      'id,speaker,split,text,label,subtitle,question,congruent,cold_start\na,Ann,dev,A smile.,"[x, y]",Ha,How?,no,He smiles.\n',
    );
    const places = { videos: at("v"), audios: at("w"), features: { audio: at("f") } };
    const { rows } = readClips(list, places);
    const written = put(
      "else/clips.jsonl",
      lines(...rows.map((row) => toClipLine(row, at("else")))),
    );
    expect(readClips(written)).toMatchObject({ rows, source: { format: "clips" }, notes: [] });
  });
});
