import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { afterAll, describe, expect, it } from "vitest";
import { encodeNpy } from "../../arrays/npy.ts";
import { writeSafetensors } from "../../arrays/safetensors.ts";
import { featureOptions } from "../../media/options.ts";
import { promptOf } from "../../prompt/prompt-of.ts";
import { fitStandardiser } from "../../prompt/standardise.ts";
import type { ClipRow } from "../clip-row.ts";
import { readFeatureFiles } from "./feature-files.ts";
import { loadRowFeatures } from "./load.ts";

const folder = mkdtempSync(join(tmpdir(), "oppo feature files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);

/** A `.npy` file of float32 (float64 for a Float64Array). */
const npy = (shape: readonly number[], values: ArrayLike<number>): Uint8Array =>
  encodeNpy(shape, values instanceof Float64Array ? values : Float32Array.from(values));

function write(name: string, content: Uint8Array | string): string {
  writeFileSync(at(name), content);
  return at(name);
}

const npz = (arrays: Record<string, Uint8Array>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(arrays).map(([name, data]) => [`${name}.npy`, data])));

const clip = (id: string, file: string): ClipRow => ({
  id,
  media: {},
  features: { video: file },
  labels: [],
});

/** The features of a few clips at two tokens, as lists by id. */
function read(files: Record<string, string>, tokens = 2) {
  const rows = Object.entries(files).map(([id, file]) => clip(id, file));
  const { byId, dim, notes } = readFeatureFiles(rows, { video: tokens }).video!;
  return { byId: Object.fromEntries([...byId].map(([id, row]) => [id, [...row]])), dim, notes };
}

function refusal(files: Record<string, string>): { code: string; message: string } {
  try {
    read(files);
  } catch (error) {
    return error as { code: string; message: string };
  }
  throw new Error("was not refused");
}

describe("features made elsewhere", () => {
  it("are read from .npy: [T, D], [1, T, D], and [D] as one row", () => {
    const a = write("a.npy", npy([4, 2], [1, 10, 3, 30, 5, 50, 7, 70]));
    const b = write("b.npy", npy([1, 2, 2], [1, 2, 3, 4]));
    const c = write("ünï 片段 100%.npy", npy([2], new Float64Array([0.5, -1])));
    expect(read({ a, b, c })).toEqual({
      byId: { a: [2, 20, 6, 60], b: [1, 2, 3, 4], c: [0.5, -1, 0.5, -1] },
      dim: 2,
      notes: [
        "video features of 3 clips come from files: 1 to 4 rows of 2, brought to 2 tokens, each the mean over an equal share of the clip",
        "1 of 3 clips have fewer rows of video features than tokens: rows repeat",
      ],
    });
  });

  it("are read from .npz: the only array, or the one called like stream or clip", () => {
    const [x, y] = [npy([2, 1], [1, 2]), npy([2, 1], [3, 4])];
    const files = {
      alone: write("1.npz", npz({ anything: x })),
      stream: write("2.npz", npz({ video: x, audio: y })),
      id: write("3.npz", npz({ id: y, other: x })),
      both: write("4.npz", npz({ "both/video": x, "both/audio": y })),
    };
    expect(read(files).byId).toEqual({ alone: [1, 2], stream: [1, 2], id: [3, 4], both: [1, 2] });
  });

  it("are read from one archive of all clips, by id, whichever Unicode form its names have", () => {
    const all = write(
      "all.npz",
      npz(
        Object.fromEntries(["a", "é".normalize("NFD"), "c"].map((id, k) => [id, npy([1, 1], [k])])),
      ),
    );
    expect(read({ a: all, é: all, c: all }, 1).byId).toEqual({ a: [0], é: [1], c: [2] });
    writeSafetensors(
      at("all.safetensors"),
      new Map([
        ["b.video", { shape: [1, 2], data: Float32Array.of(3, 4) }],
        ["a", { shape: [2, 2], data: Float32Array.of(1, 2, 1, 2) }],
      ]),
    );
    const tensors = at("all.safetensors");
    expect(read({ a: tensors, b: tensors }, 1).byId).toEqual({ a: [1, 2], b: [3, 4] });
  });

  it("are read from more clips of one archive than are unpacked at a time", () => {
    const ids = Array.from({ length: 150 }, (_, k) => `clip-${k}`);
    const all = write(
      "many.npz",
      npz(Object.fromEntries(ids.map((id, k) => [id, npy([1, 1], [k])]))),
    );
    const { byId } = read(Object.fromEntries(ids.map((id) => [id, all])), 1);
    expect(ids.map((id) => byId[id])).toEqual(ids.map((_, k) => [k]));
  });

  it("keep the order of a row whose array lies in columns", () => {
    const header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n";
    const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, header.length, 0]);
    const data = Buffer.from(Float32Array.of(1, 4, 2, 5, 3, 6).buffer);
    const f = write("f.npy", new Uint8Array(Buffer.concat([start, Buffer.from(header), data])));
    expect(read({ f }).byId.f).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("leave nothing in memory but their tokens, whatever the files hold", () => {
    const files = Array.from({ length: 200 }, (_, k) => clip(`${k}`, at("huge.npy")));
    write("huge.npy", encodeNpy([500, 16], new Float32Array(8000)));
    for (const [k, row] of files.entries()) {
      row.features!.video = at(`link-${k}.npy`);
      symlinkSync(at("huge.npy"), row.features!.video);
    }
    const { byId } = readFeatureFiles(files, { video: 2 }).video!;
    const kept = [...byId.values()].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    expect(kept).toBe(200 * 2 * 16 * 4);
  });

  it("of one row each say that fewer tokens would do", () => {
    const one = write("one.npy", npy([1, 3], [1, 2, 3]));
    expect(read({ one }).notes[1]).toBe(
      "every clip has one row of video features: videoTokens: 1 says the same in fewer tokens",
    );
  });
});

describe("features that cannot be used", () => {
  const good = write("good.npy", npy([2, 2], [1, 2, 3, 4]));

  it.each([
    ["no file", () => at("none.npy"), "no such file"],
    ["a folder", () => mkdtempSync(at("folder-")), "is a folder"],
    ["zero bytes", () => write("empty.npy", ""), "is empty (features are read from .npy"],
    ["another format", () => write("x.csv", "1,2,3\n4,5,6\n"), "holds no arrays that are read"],
    [
      "PyTorch's zip",
      () => write("x.pt", zipSync({ "x/data.pkl": new Uint8Array(9) })),
      "is it PyTorch's?",
    ],
    [
      "T = 0",
      () => write("t0.npy", npy([0, 2], [])),
      "has shape [0, 2]: nothing was taken of this clip",
    ],
    ["D = 0", () => write("d0.npy", npy([2, 0], [])), "has shape [2, 0]: nothing was taken"],
    ["no axes", () => write("s.npy", npy([], [1])), "has shape []"],
    [
      "batches",
      () => write("b2.npy", npy([2, 1, 2], [1, 2, 3, 4])),
      "has shape [2, 1, 2] (features are [T, D]",
    ],
    ["four axes", () => write("r4.npy", npy([1, 1, 1, 2], [1, 2])), "has shape [1, 1, 1, 2]"],
    [
      "vast rows",
      () => write("w.npy", npy([70000], new Float32Array(70000))),
      "rows of more than 65536",
    ],
    [
      "NaN",
      () => write("nan.npy", npy([2, 2], [1, 2, 3, Number.NaN])),
      "holds NaN in row 1, column 1 (counted from 0)",
    ],
    [
      "infinity",
      () => write("inf.npy", npy([1, 2], [1, -Infinity])),
      "holds -Infinity in row 0, column 1",
    ],
    [
      "more than float32 holds",
      () => write("e.npy", npy([1], new Float64Array([1e300]))),
      "holds 1e+300 in row 0",
    ],
    [
      "a cut file",
      () => write("cut.npy", npy([2, 2], [1, 2, 3, 4]).slice(0, -3)),
      "the file is cut off",
    ],
    [
      "several arrays",
      () => write("amb.npz", npz({ x: npy([1], [1]), y: npy([1], [1]) })),
      "no array for the video features of 'bad': the file holds 'x', 'y' (name one 'bad/video' or 'bad.video' or 'bad' or 'video')",
    ],
    [
      "two that match",
      () => write("two.npz", npz({ bad: npy([1], [1]), video: npy([1], [1]) })),
      "2 arrays may be the video features of 'bad': 'bad', 'video'",
    ],
  ])("are refused for %s, by clip and file", (_, make, message) => {
    const bad = make();
    const refused = refusal({ good, bad });
    expect(refused.code).toBe("FEATURES_UNREADABLE");
    expect(refused.message).toMatch(/^1 of 2 clips have features that cannot be used:\n/);
    expect(refused.message).toContain(`  'bad': ${bad}: `);
    expect(refused.message).toContain(message);
    expect(refused.message).not.toContain("'good'");
  });

  it("name the array in an archive of many, and all that are wrong at once", () => {
    const all = write(
      "bad-all.npz",
      npz({ a: npy([0, 2], []), b: npy([1, 2], [1, Number.NaN]), c: npy([2], [1, 2]) }),
    );
    const { message } = refusal({ a: all, b: all, c: all, d: all, e: at("none.npy") });
    expect(message).toMatch(/^4 of 5 clips/);
    expect(message).toContain(`'a': ${all}: array 'a' has shape [0, 2]`);
    expect(message).toContain(`'b': ${all}: array 'b' holds NaN in row 0, column 1`);
    expect(message).toContain(`'d': ${all}: no array for the video features of 'd'`);
    expect(message).toContain("'e': ");
    expect(message).toMatch(/\(mend the files or leave the clips out of the list\)$/);
  });

  it("name a file that many clips lack once", () => {
    const ids = Array.from({ length: 100 }, (_, k) => `clip-${k}`);
    const { message } = refusal(Object.fromEntries(ids.map((id) => [id, at("none.npz")])));
    expect(message).toContain("100 of 100 clips");
    expect(message).toContain("'clip-0', 'clip-1', 'clip-2' and 97 more: ");
    expect(message.match(/none\.npz/g)).toHaveLength(1);
  });

  it("are refused where one .npy, or one array of a stream, would serve several clips", () => {
    expect(refusal({ a: good, b: good }).message).toContain(
      "one array cannot be the features of several clips",
    );
    const file = write("shared.npz", npz({ video: npy([1], [1]) }));
    expect(refusal({ a: file, b: file }).message).toContain(
      "no array for the video features of 'a'",
    );
  });

  it("are refused where D differs, the odd ones first", () => {
    const odd = write("odd.npy", npy([2, 3], [1, 2, 3, 4, 5, 6]));
    const [b, c] = [write("b2.npy", npy([2], [1, 2])), write("c2.npy", npy([2], [1, 2]))];
    expect(refusal({ b, odd, c })).toMatchObject({
      code: "FEATURES_WIDTH",
      message:
        `video features have rows of different widths:\n  D = 3 in 1: 'odd' (${odd})\n` +
        `  D = 2 in 2: 'b' (${b}), 'c' (${c})\n ` +
        "(features of one stream come from one encoder; take those again that differ)",
    });
  });

  it("are refused where one array would be both streams of a clip", async () => {
    const row: ClipRow = { id: "a", media: {}, features: { video: good, audio: good }, labels: [] };
    const options = featureOptions.parse({});
    await expect(loadRowFeatures([row], { folder: at("run"), options })).rejects.toThrow(
      "one array cannot be the features of both streams of a clip",
    );
  });
});

describe("features made elsewhere, as a policy reads them", () => {
  it("come from files for both streams, with their widths, and nothing is written", async () => {
    const file = write(
      "av.npz",
      npz({ video: npy([3, 2], [1, 2, 3, 4, 5, 6]), audio: npy([3], [7, 8, 9]) }),
    );
    const rows: ClipRow[] = [
      { id: "a", media: {}, features: { video: file, audio: file }, labels: [] },
    ];
    const options = featureOptions.parse({ videoTokens: 3, audioTokens: 1 });
    const { features, dims, blank } = await loadRowFeatures(rows, { folder: at("run"), options });
    expect(dims).toEqual({ video: 2, audio: 3 });
    expect(blank).toEqual({ video: null, audio: null });
    expect(features.get("a")).toEqual({
      video: { features: Float32Array.of(1, 2, 3, 4, 5, 6), tokens: 3, dim: 2 },
      audio: { features: Float32Array.of(7, 8, 9), tokens: 1, dim: 3 },
    });
  });

  it("give the statistics of their rows: a clip of one row weighs as much as any other", async () => {
    const files = { long: npy([8, 1], [0, 0, 0, 0, 2, 2, 2, 2]), short: npy([1, 1], [5]) };
    const rows = Object.entries(files).map(([id, data]): ClipRow => {
      const file = write(`${id}.npy`, data);
      return {
        id,
        media: {},
        features: { video: file, audio: file.replace(id, `a-${id}`) },
        labels: [],
      };
    });
    for (const id of ["long", "short"]) write(`a-${id}.npy`, npy([1], [1]));
    const options = featureOptions.parse({ videoTokens: 4, audioTokens: 1 });
    const { features } = await loadRowFeatures(rows, { folder: at("run"), options });
    const { video } = fitStandardiser([...features].map(([id, both]) => promptOf(id, both)));
    expect(video.centre).toEqual([(0 + 0 + 2 + 2 + 4 * 5) / 8]);
    expect(video.factor[0]).toBeCloseTo(1 / Math.sqrt((2 * 4 + 4 * 25) / 8 - 3 ** 2), 10);
  });
});
