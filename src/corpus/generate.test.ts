import { createHash } from "node:crypto";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Progress } from "../core/progress.ts";
import { featureOptions } from "../media/options.ts";
import { readClip } from "../media/read.ts";
import { generateCorpus } from "./generate.ts";
import { loadFeatures } from "./load-features.ts";
import { loadManifest } from "./load-manifest.ts";
import { corpusOptions } from "./options.ts";

const options = corpusOptions.parse({
  clips: { train: 3, validation: 1, test: 1 },
  render: { frames: 8, size: 32, visualNoise: [0.1, 0.3], acousticNoise: [0.1, 0.3] },
});
const features = featureOptions.parse({
  videoTokens: 2,
  audioTokens: 2,
  frameSize: 8,
  melBands: 8,
});
const here = { workers: 0 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-corpus-test-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const sub = (name: string): string => join(folder, name);
const lines = (file: string) =>
  readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("generateCorpus", () => {
  it("writes clips, manifest, ms-swift files and corpus.json", async () => {
    const info = await generateCorpus(folder, options, here);
    const rows = loadManifest(folder);
    expect(info.counts).toEqual({ train: 3, validation: 1, test: 1 });
    expect(rows.map((row) => row.id)).toEqual([
      "train-00000",
      "train-00001",
      "train-00002",
      "validation-00000",
      "test-00000",
    ]);
    expect(JSON.parse(readFileSync(sub("corpus.json"), "utf8"))).toEqual(info);
    for (const row of rows) {
      const clip = await readClip(sub(row.file));
      expect(clip.video).toMatchObject({ width: 32, height: 32, frames: 8, fps: 8 });
    }
    const swift = lines(sub("swift-train.jsonl"));
    expect(swift).toHaveLength(3);
    expect(swift[0]).toMatchObject({ clip_id: "train-00000", label: rows[0]!.label });
    expect(swift[0].messages[0].content).toMatch(/^<video><audio>/);
    for (const file of [...swift[0].videos, ...swift[0].audios])
      expect(existsSync(file)).toBe(true);
    expect(swift[0].audios[0]).toMatch(/\.wav$/);
    const coldStart = lines(sub("swift-sft-train.jsonl"));
    expect(coldStart).toHaveLength(3);
    for (const [i, row] of coldStart.entries()) {
      expect(row).toEqual({
        messages: [swift[i].messages[0], { role: "assistant", content: rows[i]!.coldStart[0] }],
        videos: swift[i].videos,
        audios: swift[i].audios,
        clip_id: rows[i]!.id,
      });
    }
    expect((await readClip(swift[0].audios[0], { needVideo: false })).audio.samples).toHaveLength(
      16000,
    );
  });

  it("gives the same manifest bytes and the same decoded content for the same options", async () => {
    const small = corpusOptions.parse({ ...options, clips: { train: 2, validation: 0, test: 0 } });
    const content = async (name: string): Promise<string> => {
      await generateCorpus(sub(name), small, here);
      const hash = createHash("sha256").update(readFileSync(sub(`${name}/manifest.jsonl`)));
      for (const row of loadManifest(sub(name))) {
        const { video, audio } = await readClip(sub(`${name}/${row.file}`));
        hash.update(video.data).update(new Uint8Array(audio.samples.slice().buffer));
      }
      return hash.digest("hex");
    };
    expect(await content("a")).toBe(await content("b"));
  });

  it("goes on where it was stopped, on worker threads", async () => {
    const stop = new AbortController();
    const progress = ({ done }: Progress): void => {
      if (done === 2) stop.abort(new Error("killed"));
    };
    await expect(
      generateCorpus(folder, options, { workers: 1, progress, signal: stop.signal }),
    ).rejects.toThrow("killed");
    expect(existsSync(sub("corpus.json"))).toBe(false);
    const written = lines(sub("clips.jsonl"));
    expect(written).toHaveLength(2);
    // A kill in the middle of a line and of a file.
    appendFileSync(sub("clips.jsonl"), '{"id":"train-000');
    truncateSync(sub("clips/train-00001.mp4"), 500);
    writeFileSync(sub("clips/train-00002.mp4.123.tmp"), "half a clip");
    const kept = statSync(sub("clips/train-00000.mp4")).mtimeMs;

    const seen: number[] = [];
    await generateCorpus(folder, options, { workers: 2, progress: ({ done }) => seen.push(done) });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(statSync(sub("clips/train-00000.mp4")).mtimeMs).toBe(kept);
    expect((await readClip(sub("clips/train-00001.mp4"))).video.frames).toBe(8);
    const left = [...readdirSync(folder), ...readdirSync(sub("clips"))];
    expect(left.filter((name) => /started|tmp/.test(name))).toEqual([]);

    const again: number[] = [];
    await generateCorpus(folder, options, { ...here, progress: ({ done }) => again.push(done) });
    expect(again).toEqual([5]);
  });

  it("refuses to write over a file that it did not write", async () => {
    const own = join(folder, "manifest.jsonl");
    writeFileSync(own, '{"id":"mine"}\n');
    await expect(generateCorpus(folder, options, here)).rejects.toThrow(
      /manifest\.jsonl: is no file of a corpus made here.*oppo run --data/,
    );
    expect(readFileSync(own, "utf8")).toBe('{"id":"mine"}\n');
    expect(readdirSync(folder)).toEqual(["manifest.jsonl"]);
    rmSync(own);
    await generateCorpus(folder, options, here);
    appendFileSync(own, "{}\n");
    await expect(generateCorpus(folder, options, here)).rejects.toThrow(/not the manifest of this/);
  });

  it("refuses a folder that holds a corpus of other options", async () => {
    const one = corpusOptions.parse({ ...options, clips: { train: 1, validation: 0, test: 0 } });
    await generateCorpus(folder, one, here);
    await expect(generateCorpus(folder, { ...one, seed: "other" }, here)).rejects.toMatchObject({
      code: "CORPUS_OPTIONS",
      details: { file: sub("corpus.json") },
    });
  });
});

describe("loadFeatures", () => {
  it("decodes every clip once, resumes a cut cache, and keys it by the options", async () => {
    await generateCorpus(folder, options, here);
    const rows = loadManifest(folder);
    const counts: number[][] = [];
    const load = async (some = features) => {
      const seen: number[] = [];
      counts.push(seen);
      return loadFeatures(folder, rows, some, { ...here, progress: ({ done }) => seen.push(done) });
    };
    const first = await load();
    expect([...first.keys()]).toEqual(rows.map((row) => row.id));
    expect(first.get("train-00000")!.video).toMatchObject({ tokens: 2, dim: 128 });
    const cached = await load();
    expect(cached).toEqual(first);
    const cache = readdirSync(folder).find((name) => name.startsWith("features-"))!;
    truncateSync(sub(cache), statSync(sub(cache)).size - 7);
    expect(await load()).toEqual(first);
    await load({ ...features, frameSize: 6 });
    expect(counts).toEqual([[0, 1, 2, 3, 4, 5], [5], [4, 5], [0, 1, 2, 3, 4, 5]]);
  });

  it.each([0, 2])(
    "finds what the writer stored, byte for byte what the files give later (%s workers)",
    async (workers) => {
      await generateCorpus(folder, options, { workers, features });
      const rows = loadManifest(folder);
      const seen: number[] = [];
      const stored = await loadFeatures(folder, rows, features, {
        ...here,
        progress: ({ done }) => seen.push(done),
      });
      expect(seen).toEqual([5]);
      for (const name of readdirSync(folder)) {
        if (name.startsWith("features-")) unlinkSync(sub(name));
      }
      expect(await loadFeatures(folder, rows, features, here)).toEqual(stored);
    },
  );

  it("decodes what a kill kept from being stored, and files that were put in place of others", async () => {
    await generateCorpus(folder, options, { ...here, features });
    const rows = loadManifest(folder);
    const first = await loadFeatures(folder, rows, features, here);
    const store = readdirSync(folder).find((name) => name.startsWith("features-"))!;
    truncateSync(sub(store), Math.floor(statSync(sub(store)).size / 2));
    copyFileSync(sub("clips/train-00001.mp4"), sub("clips/train-00000.mp4"));
    const seen: number[] = [];
    const again = await loadFeatures(folder, rows, features, {
      ...here,
      progress: ({ done }) => seen.push(done),
    });
    // Two records are left, and what now lies under the first name is the second's content.
    expect(seen).toEqual([2, 3, 4, 5]);
    expect(again.get("train-00000")).toEqual(first.get("train-00001"));
    expect(again.get("test-00000")).toEqual(first.get("test-00000"));
    // Of the same size, but not the same.
    const clip = readFileSync(sub("clips/train-00000.mp4"));
    clip[clip.length - 1]! ^= 1;
    writeFileSync(sub("clips/train-00000.mp4"), clip);
    await loadFeatures(folder, rows, features, {
      ...here,
      progress: ({ done }) => seen.push(done),
    });
    expect(seen.slice(4)).toEqual([4, 5]);
    rmSync(sub("clips/train-00002.mp4"));
    await expect(loadFeatures(folder, rows, features, here)).rejects.toMatchObject({
      code: "CLIPS_UNREADABLE",
    });
  });

  it("names the clip that cannot be decoded, from a worker thread too", async () => {
    await generateCorpus(folder, options, here);
    const rows = loadManifest(folder);
    writeFileSync(sub("clips/test-00000.mp4"), "junk");
    for (const workers of [0, 1]) {
      await expect(loadFeatures(folder, rows, features, { workers })).rejects.toMatchObject({
        code: "CLIPS_UNREADABLE",
        message: expect.stringContaining(`${sub("clips/test-00000.mp4")}: `),
      });
    }
    unlinkSync(sub("clips/test-00000.mp4"));
    await expect(loadFeatures(folder, rows, features, here)).rejects.toMatchObject({
      message: expect.stringContaining(`'test-00000': ${sub("clips/test-00000.mp4")}: `),
    });
  });
});

describe("loadManifest", () => {
  it("names file, line and field of a bad row", async () => {
    const one = corpusOptions.parse({ ...options, clips: { train: 2, validation: 0, test: 0 } });
    await generateCorpus(folder, one, here);
    const file = sub("manifest.jsonl");
    const [first, second] = readFileSync(file, "utf8").trim().split("\n") as [string, string];
    const failure = async (text: string): Promise<unknown> => {
      writeFileSync(file, text);
      try {
        return loadManifest(folder);
      } catch (error) {
        const { code, details } = error as {
          code: string;
          details: { line: number; path: string };
        };
        return [code, details.line, details.path];
      }
    };
    const bad = (from: string | RegExp, to: string) => `${first}\n${second.replace(from, to)}\n`;
    expect(await failure(bad(/"brows":\d/, '"brows":7'))).toEqual([
      "MANIFEST_ROW",
      2,
      "factors.brows",
    ]);
    expect(await failure(bad(/"label":"\w+"/, '"label":"calm"'))).toEqual([
      "MANIFEST_ROW",
      2,
      "label",
    ]);
    expect(await failure(bad('"split":"train"', '"split":"dev"'))).toEqual([
      "MANIFEST_ROW",
      2,
      "split",
    ]);
    expect(await failure(bad(/"visual":[\d.]+/, '"visual":"high"'))).toEqual([
      "MANIFEST_ROW",
      2,
      "noise.visual",
    ]);
    expect(await failure(`${first}\n${first}\n`)).toEqual(["MANIFEST_DUPLICATE", 2, undefined]);
    expect(await failure(`${first}\n{oops\n`)).toEqual(["JSONL_LINE", 2, undefined]);
    expect(await failure("\n")).toEqual(["MANIFEST_EMPTY", undefined, undefined]);
  });
});
