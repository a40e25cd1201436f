import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy } from "../../arrays/npy.ts";
import { silent } from "../../core/progress.ts";
import type { ClipRow } from "../clip-row.ts";
import { type FakeClip, writeFakeClip, writeStereo } from "./clips.fake.ts";
import { inspectDocument, inspectFormat } from "./document.ts";
import { foundProblems, foundRefusals } from "./found.ts";
import { type Inspection, inspectClips } from "./inspect.ts";
import { summaryOf } from "./summary.ts";
import type { Survey } from "./survey.ts";
import { walkWays } from "./ways/index.ts";

const both = "In the video, raised brows. In the audio, a loud voice.";
const seen = "In the video, she smiles.";
const heard = "In the audio, a trembling voice.";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-inspect-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

let made = 0;
async function clip(fake: FakeClip, row: Partial<ClipRow> = {}): Promise<ClipRow> {
  const seed = made++;
  const video = file(`${seed}.mp4`);
  await writeFakeClip(video, { seed, ...fake });
  return { id: `clip-${seed}`, media: { video }, reference: both, labels: ["joy"], ...row };
}

const inspect = (rows: readonly ClipRow[], media = true): Promise<Inspection> =>
  inspectClips(rows, {
    media,
    cache: null,
    progress: silent,
    workers: 0,
    shares: { test: 0.5, validation: 0 },
  });

const kindsOf = (inspection: Inspection): Record<string, string[]> =>
  Object.fromEntries(
    foundProblems(inspection).map(({ kind, clips }) => [
      kind.id,
      clips.map(({ clip: own }) => own.row.id),
    ]),
  );
const codesOf = (inspection: Inspection, way: string): string[] =>
  foundRefusals(inspection.ways.filter(({ way: { id } }) => id === way)).map(({ code }) => code);

const written = (inspection: Inspection) => ({
  ...inspection,
  list: "/data/clips.jsonl",
  source: { name: "clips.jsonl", sha256: "0", rows: inspection.clips.length, format: "clips" },
  notes: [],
  left: [{ id: "gone", line: 7, reason: "no such file: gone.mp4" }],
  unused: ["extra.mp4"],
});

describe("problems", () => {
  it("each fault of a file is named for the clip that has it, and a sound clip has none", async () => {
    const faults = {
      sound: await clip({ seconds: 2 }),
      black: await clip({ picture: "black" }),
      still: await clip({ picture: "still" }),
      silent: await clip({ sound: "silence" }),
      mute: await clip({ sound: "none" }),
      blind: await clip({ picture: "none" }),
      late: await clip({ seconds: 2, soundSeconds: 1 }),
    };
    writeFileSync(file("empty.mp4"), "");
    writeStereo(file("opposite.wav"), -1);
    const empty = { ...faults.sound, id: "empty", media: { video: file("empty.mp4") } };
    const opposite = await clip({ seconds: 1 });
    opposite.media.audio = file("opposite.wav");
    const inspection = await inspect([...Object.values(faults), empty, opposite]);
    const ids = Object.fromEntries(Object.entries(faults).map(([name, { id }]) => [name, id]));
    expect(kindsOf(inspection)).toEqual({
      unreadable: ["empty"],
      "no-picture": [ids.blind],
      "no-sound": [ids.mute],
      silent: [ids.silent],
      cancelling: [opposite.id],
      black: [ids.black],
      still: [ids.still],
      clock: [ids.late],
      "heard-without-sound": [ids.silent, ids.mute, "empty"],
    });
    const all = ["CANCELS", "MEDIA_EMPTY", "NO_PICTURE", "NO_SOUND", "SILENT"];
    for (const way of ["embedded", "ms-swift", "mep-bench"]) {
      expect(codesOf(inspection, way).sort()).toEqual(all);
    }
  });

  it("references that name nothing seen, nothing heard or nothing at all are told apart", async () => {
    const rows = [
      await clip({}, { reference: seen }),
      await clip({}, { reference: heard }),
      await clip({}, { reference: "Son visage." }),
      await clip({}, { reference: undefined as never, labels: [] }),
    ];
    const inspection = await inspect(rows, false);
    const [onlySeen, onlyHeard, nothing, none] = rows.map(({ id }) => id);
    expect(kindsOf(inspection)).toEqual({
      "no-cues": [nothing],
      "no-reference": [none],
      "nothing-seen": [onlyHeard],
      "nothing-heard": [onlySeen],
      "no-label": [none],
    });
    // Trained on by its label, where it has one.
    expect(codesOf(inspection, "embedded")).toEqual(["NO_REFERENCE"]);
    expect(codesOf(inspection, "mep-bench").sort()).toEqual(["NO_CUES", "NO_REFERENCE"]);
    expect(codesOf(inspection, "ms-swift").sort()).toEqual(["NO_LABEL", "NO_REFERENCE"]);
    expect(inspection.cues.visual).toEqual([{ name: "smiles", count: 1 }]);
  });

  it("clips of one content are duplicates of the first, and stand on one side", async () => {
    const first = await clip({});
    const copy = { ...first, id: "copy" };
    const others = [await clip({}), await clip({}), await clip({})];
    const inspection = await inspect([first, ...others, copy]);
    expect(kindsOf(inspection)).toEqual({ duplicate: ["copy"] });
    const { sides } = inspection;
    if (!("rows" in sides)) throw new Error("no sides");
    const sideOf = (id: string) => sides.rows.find((row) => row.id === id)!.split;
    expect(sideOf("copy")).toBe(sideOf(first.id));
  });
});

describe("ways on", () => {
  it("swapped streams want equal clips: the odd ones are refused, with the command that cures it", async () => {
    const rows = [
      await clip({ seconds: 3 }),
      await clip({ seconds: 3 }),
      await clip({ seconds: 5 }),
      await clip({ seconds: 3, width: 96 }),
    ];
    const inspection = await inspect(rows);
    expect(codesOf(inspection, "ms-swift")).toEqual([]);
    const refused = foundRefusals(inspection.ways.filter(({ way }) => way.id === "ms-swift-swap"));
    expect(refused.map(({ code, clips }) => [code, clips.map((own) => own.clip.row.id)])).toEqual([
      ["SWAP_PICTURE", [rows[2]!.id, rows[3]!.id]],
      ["SWAP_SOUND", [rows[2]!.id]],
    ]);
    expect(refused[0]!.cure).toContain("oppo export clips --seconds 3 --size 64x48");
    expect(refused[0]!.clips[0]!.says).toMatch(
      /64×48 pixels and 10 frames; 2 of 4 clips have 64×48 pixels and 6 frames/,
    );
  });

  it("picture and sound a second apart, and prompts that ms-swift would leave out, are refused", async () => {
    const rows = [await clip({ seconds: 3, soundSeconds: 1 }), await clip({ seconds: 2, fps: 2 })];
    const inspection = await inspect(rows);
    expect(codesOf(inspection, "ms-swift")).toEqual(["CLOCK"]);
    const [, long] = inspection.clips;
    const sound = { ...long!.media!.sound!, endSec: 400 };
    const picture = { ...long!.media!.picture!, endSec: 400 };
    const longer = { ...long!, media: { ...long!.media!, sound, picture } };
    const [, way] = walkWays({ ...inspection, clips: [longer] });
    expect(foundRefusals([way!]).map(({ code }) => code)).toEqual(["LONG_SOUND", "LONG_PROMPT"]);
  });

  it("one clip can't be divided nor benchmarked; the reason stands with the way", async () => {
    const inspection = await inspect([await clip({})]);
    const lists = inspection.ways.flatMap(({ way, list }) =>
      list.map(({ code }) => [way.id, code]),
    );
    expect(lists).toEqual([
      ["embedded", "SPLIT_EMPTY"],
      ["mep-bench", "ONE_CLIP"],
    ]);
  });

  it("another way is an entry: it refuses by what it is given", async () => {
    const inspection = await inspect([await clip({}), await clip({}, { labels: [] })], false);
    const way = {
      id: "toy",
      title: "Toy",
      command: "toy",
      refuse: ({ row }: Survey["clips"][number]) =>
        row.labels.length > 0 ? [] : [{ code: "TOY", says: "no label", cure: "add one" }],
    };
    expect(walkWays(inspection, [way])).toMatchObject([
      { clips: 1, list: [], refused: [{ reasons: [{ code: "TOY" }] }] },
    ]);
  });
});

describe("features made elsewhere", () => {
  const npy = (name: string, rows: number, dim: number, value = 0.5): string => {
    writeFileSync(file(name), encodeNpy([rows, dim], new Float32Array(rows * dim).fill(value)));
    return file(name);
  };
  const row = (id: string, video: string, audio: string): ClipRow => ({
    id,
    media: {},
    features: { video, audio },
    reference: both,
    labels: ["joy"],
  });

  it("have their shapes told; a clip with them needs no film to be trained on", async () => {
    const rows = [1, 2, 3, 4].map((k) =>
      row(`f${k}`, npy(`v${k}.npy`, 4 + k, 8), npy(`a${k}.npy`, 9, 3)),
    );
    const inspection = await inspect(rows);
    expect(inspection.clips[0]!.features).toEqual({
      video: { rows: 5, dim: 8 },
      audio: { rows: 9, dim: 3 },
      failures: [],
    });
    expect(inspection.ways[0]).toMatchObject({ clips: 4, list: [] });
    expect(codesOf(inspection, "ms-swift")).toEqual(["NO_MEDIA"]);
    expect(kindsOf(inspection)).toEqual({});
  });

  it("that training would refuse are refused here: NaN, another width, not every clip", async () => {
    const good = row("good", npy("good-v.npy", 5, 8), npy("good-a.npy", 9, 3));
    const nan = row("nan", npy("nan.npy", 5, 8, Number.NaN), npy("nan-a.npy", 9, 3));
    const wide = row("wide", npy("wide.npy", 5, 16), npy("wide-a.npy", 9, 3));
    const inspection = await inspect([good, nan, wide, await clip({})]);
    expect(kindsOf(inspection)).toEqual({ features: ["nan"] });
    expect(inspection.ways[0]!.refused.map(({ clip: own }) => own.row.id)).toEqual(["nan"]);
    expect(inspection.ways[0]!.list.map(({ code }) => code)).toEqual([
      "FEATURES_MIXED",
      "FEATURES_WIDTH",
    ]);
  });
});

describe("the summary", () => {
  it("gives counts first, then a few names a problem and how many more", async () => {
    const rows = [
      ...(await Promise.all([1, 2, 3, 4, 5].map(() => clip({ sound: "none" }, { group: "a" })))),
      await clip({}, { group: "b" }),
    ];
    const parts = summaryOf(written(await inspect(rows)));
    const text = parts.flatMap(({ heading, lines }) => [heading, ...lines]).join("\n");
    expect(text).toMatch(/^\/data\/clips\.jsonl\n6 clips: 6 s of picture, 1\.?\d* s of sound, /);
    expect(text).toContain("1 label: joy 6; with one label every answer is right");
    expect(text).toContain("2 groups: a 5, b 1");
    expect(text).toContain("1 file that no row names: extra.mp4");
    expect(text).toContain("✕ 1 row left out: 'gone' (line 7: no such file: gone.mp4)");
    expect(text).toMatch(/✕ 5 clips: no sound: '.*' \(no sound track\) and 2 more/);
    expect(text).toContain("▲ Train the embedded policy: 1 of 6 clips (oppo run --data LIST)");
    expect(text).toContain("5 clips (every way): ");
  });

  it("says that there are no references, and that files were not opened", async () => {
    const bare = { id: "a", media: { video: "/gone.mp4" }, labels: [] };
    const [part] = summaryOf(written(await inspect([bare], false)));
    expect(part!.lines.slice(0, 3)).toEqual([
      "1 clip; their files were not opened (--no-media)",
      expect.stringMatching(/^no references/),
      "no labels: accuracy can't be part of a reward",
    ]);
  });
});

describe("inspect.json", () => {
  it("is JSON with one clip a line, and names its form", async () => {
    const inspection = await inspect([await clip({}), await clip({ sound: "none" })]);
    const text = [...inspectDocument(written(inspection))].join("");
    const document = JSON.parse(text);
    expect(document).toMatchObject({
      format: inspectFormat,
      list: "/data/clips.jsonl",
      left: [{ id: "gone" }],
      problems: [{ id: "no-sound" }, { id: "heard-without-sound" }],
      total: { clips: 2 },
    });
    expect(document.clips[0]).toMatchObject({
      picture: { width: 64, frames: 8 },
      cues: { visual: 1, acoustic: 1, emotion: 0 },
      problems: [],
    });
    expect(text.split("\n").filter((line) => line.startsWith('    {"id"'))).toHaveLength(2);
  });
});
