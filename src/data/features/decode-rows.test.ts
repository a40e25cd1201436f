import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { encodeNpy } from "../../arrays/npy.ts";
import type { Clip } from "../../media/clip.ts";
import { clipFeatures } from "../../media/features.ts";
import { featureOptions } from "../../media/options.ts";
import { readClip } from "../../media/read.ts";
import { writeClip } from "../../media/write.ts";
import type { ClipMedia, ClipRow } from "../clip-row.ts";
import { loadRowFeatures } from "./load.ts";

const options = featureOptions.parse({ videoTokens: 2, audioTokens: 2, frameSize: 8, melBands: 8 });

let folder: string;
let media: string;
let count = 0;
beforeAll(async () => {
  media = mkdtempSync(join(tmpdir(), "oppo-features-media-"));
  for (let k = 0; k < 3; k++) await writeClip(join(media, `clip ${k}.mp4`), flicker(k));
  await writeClip(join(media, "0.wav"), flicker(7));
});
afterAll(() => rmSync(media, { recursive: true, force: true }));
beforeEach(() => {
  folder = join(media, `run-${count++}`);
});

/** A second of grey frames and a tone, other ones for each number. */
function flicker(k: number): Clip {
  const [width, height, frames, fps, sampleRateHz] = [32, 32, 8, 8, 16000];
  const data = Uint8Array.from(
    { length: frames * width * height * 3 },
    (_, i) => (i * (k + 3)) % 251,
  );
  const samples = Float32Array.from(
    { length: sampleRateHz },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * (200 + 150 * k) * i) / sampleRateHz),
  );
  return { video: { width, height, frames, fps, data }, audio: { sampleRateHz, samples } };
}

/** A bright disc that moves over a dark ground. */
function disc(width: number, height: number): Clip["video"] {
  const [frames, fps] = [8, 8];
  const data = Uint8Array.from({ length: frames * width * height * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3) % (width * height);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const frame = Math.floor(i / 3 / (width * height));
    return Math.hypot(x - width * (0.3 + 0.05 * frame), y - height / 2) < height / 4 ? 220 : 40;
  });
  return { width, height, frames, fps, data };
}

const file = (name: string): string => join(media, name);
const row = (id: string, media: ClipMedia): ClipRow => ({ id, media, labels: [] });

/** Loads, and gives how many clips were done at each report besides. */
async function load(rows: readonly ClipRow[], workers = 0) {
  const seen: number[] = [];
  const progress = ({ done }: { done: number }) => seen.push(done);
  const loaded = await loadRowFeatures(rows, { folder, options, workers, progress });
  return { ...loaded, seen };
}

describe("features of media", () => {
  it.each([0, 2])(
    "are those of the decoded clip, and are decoded once (%s workers)",
    async (workers) => {
      const rows = [0, 1].map((k) => row(`clip ${k}`, { video: file(`clip ${k}.mp4`) }));
      const first = await load(rows, workers);
      const clip = await readClip(file("clip 1.mp4"), { sampleRateHz: options.sampleRateHz });
      expect(first.features.get("clip 1")).toEqual(clipFeatures(clip, options));
      expect([...first.features.keys()]).toEqual(["clip 0", "clip 1"]);
      expect(first.dims).toEqual({ video: 128, audio: 160 });
      const again = await load(rows, workers);
      expect([first.seen, again.seen]).toEqual([[0, 1, 2], [2]]);
      expect(again.features).toEqual(first.features);
    },
  );

  it("take the sound from its own file where the clip has one", async () => {
    const [whole, apart] = [
      { video: file("clip 0.mp4") },
      { video: file("clip 0.mp4"), audio: file("0.wav") },
    ];
    const { features } = await load([row("whole", whole), row("apart", apart)]);
    expect(features.get("apart")!.video).toEqual(features.get("whole")!.video);
    expect(features.get("apart")!.audio).not.toEqual(features.get("whole")!.audio);
    const video = (await readClip(file("clip 0.mp4"), { needAudio: false })).video;
    const { audio } = await readClip(file("0.wav"), { needVideo: false });
    expect(features.get("apart")).toEqual(clipFeatures({ video, audio }, options));
  });

  it("are taken again when either file of a clip has changed, and only then", async () => {
    const [video, audio] = [file("changing.mp4"), file("changing.wav")];
    copyFileSync(file("clip 0.mp4"), video);
    copyFileSync(file("0.wav"), audio);
    const rows = [row("a", { video, audio }), row("b", { video: file("clip 1.mp4") })];
    await load(rows);
    const wav = readFileSync(audio);
    wav[wav.length - 1]! ^= 1;
    writeFileSync(audio, wav);
    expect((await load(rows)).seen).toEqual([1, 2]);
    copyFileSync(file("clip 2.mp4"), video);
    const last = await load(rows);
    expect(last.seen).toEqual([1, 2]);
    expect((await load(rows)).seen).toEqual([2]);
    const film = await load([row("c", { video: file("clip 2.mp4") })]);
    expect(last.features.get("a")!.video).toEqual(film.features.get("c")!.video);
  });

  it("of one content under two names are decoded once; names may be long and in any script", async () => {
    const long = "片段-🙂-".repeat(100);
    const rows = [
      row(long, { video: file("clip 0.mp4") }),
      row("b", { video: file("clip 0.mp4") }),
    ];
    const { features, seen } = await load(rows);
    expect(seen).toEqual([0, 2]);
    expect(features.get(long)).toEqual(features.get("b"));
    expect((await load(rows)).features.get(long)).toEqual(features.get("b"));
  });

  it("survive a kill at any byte of a record, also with records appended after it", async () => {
    const rows = [0, 1, 2].map((k) => row(`${k}`, { video: file(`clip ${k}.mp4`) }));
    const whole = await load(rows);
    const store = join(folder, readdirSync(folder)[0]!);
    const record = statSync(store).size / 3;
    for (const cut of [1, 31, 32, record - 1]) {
      truncateSync(store, 2 * record + cut);
      expect((await load(rows)).seen).toEqual([2, 3]);
      expect((await load(rows)).features).toEqual(whole.features);
    }
  });

  it("name every clip that cannot be decoded, once the others are stored", async () => {
    writeFileSync(file("junk.mp4"), "junk");
    writeFileSync(file("empty.mp4"), "");
    const rows = [
      row("junk", { video: file("junk.mp4") }),
      row("good", { video: file("clip 0.mp4") }),
      row("empty", { video: file("empty.mp4") }),
      row("gone", { video: file("gone.mp4") }),
      row("deaf", { video: file("clip 1.mp4"), audio: file("gone.wav") }),
    ];
    for (const workers of [0, 2]) {
      const { code, message } = await load(rows, workers).catch((error) => error);
      expect(code).toBe("CLIPS_UNREADABLE");
      expect(message).toMatch(/^4 of 5 clips cannot be decoded:\n/);
      for (const [id, name] of Object.entries({
        junk: "junk.mp4",
        empty: "empty.mp4",
        gone: "gone.mp4",
        deaf: "gone.wav",
      })) {
        expect(message).toMatch(new RegExp(`^  '${id}': .*/${name}: \\S`, "m"));
      }
      expect(message).toMatch(/leave them out of the list .* `oppo inspect`/);
      expect(message).not.toMatch(/needAudio/);
    }
    expect((await load([rows[1]!])).seen).toEqual([1]);
  });

  it("name twenty of a hundred that cannot be decoded, and count the others", async () => {
    const rows = Array.from({ length: 100 }, (_, k) =>
      row(`${k}`, { video: file(`none-${k}.mp4`) }),
    );
    const { message } = await load(rows).catch((error) => error);
    expect(message.match(/none-/g)).toHaveLength(20);
    expect(message).toContain("100 of 100 clips");
    expect(message).toContain("… and 80 more");
  });

  it("of a large film are nearly those of its full frames, though they are shrunk as they come", async () => {
    const large = file("large.mp4");
    await writeClip(large, { ...flicker(1), video: disc(640, 360) });
    const { features } = await load([row("large", { video: large })]);
    const whole = clipFeatures(await readClip(large, { sampleRateHz: 16000 }), options);
    const { video, audio } = features.get("large")!;
    expect(audio).toEqual(whole.audio);
    const apart = video.features.map((value, i) => Math.abs(value - whole.video.features[i]!));
    expect(Math.max(...apart)).toBeLessThan(0.15);
    expect(Math.max(...whole.video.features) - Math.min(...whole.video.features)).toBeGreaterThan(
      2,
    );
  });

  it("of one stream are enough where the other comes from files", async () => {
    writeFileSync(file("a.npy"), encodeNpy([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)));
    const audio = { audio: file("a.npy") };
    const rows: ClipRow[] = [{ ...row("a", { video: file("clip 0.mp4") }), features: audio }];
    const { features, dims, blank, seen } = await load(rows);
    expect(seen).toEqual([0, 1]);
    expect(dims).toEqual({ video: 128, audio: 3 });
    expect([blank.video?.length, blank.audio]).toEqual([128, null]);
    expect([...features.get("a")!.audio.features]).toEqual([1, 2, 3, 4, 5, 6]);
    const whole = await load([row("b", { video: file("clip 0.mp4") })]);
    expect(features.get("a")!.video).toEqual(whole.features.get("b")!.video);
    const video = { video: file("a.npy") };
    const heard = await load([{ ...row("c", { video: file("clip 0.mp4") }), features: video }]);
    expect(heard.dims).toEqual({ video: 3, audio: 160 });
  });

  it("stop when they are told to, and keep what is done", async () => {
    const rows = [0, 1, 2].map((k) => row(`${k}`, { video: file(`clip ${k}.mp4`) }));
    const stop = new AbortController();
    const progress = ({ done }: { done: number }) => {
      if (done === 1) stop.abort(new Error("stopped"));
    };
    const settings = { folder, options, workers: 1, progress, signal: stop.signal };
    await expect(loadRowFeatures(rows, settings)).rejects.toThrow("stopped");
    expect((await load(rows)).seen).toEqual([1, 2, 3]);
  });
});

describe("origin of a stream", () => {
  it("is the same for all clips", async () => {
    const some: ClipRow = { ...row("b", {}), features: { video: file("b.npy") } };
    await expect(load([row("a", { video: file("clip 0.mp4") }), some])).rejects.toMatchObject({
      code: "FEATURES_MIXED",
      message:
        "1 of 2 clips have a file of video features and 1 have none, among them 'a' " +
        "(a policy reads one kind of features: give every clip 'features.video', or no clip)",
    });
  });

  it("is needed for both streams", async () => {
    await expect(load([row("a", { audio: file("0.wav") })])).rejects.toMatchObject({
      code: "FEATURES_NO_SOURCE",
      message: expect.stringMatching(
        /^1 of 1 clips have nothing to take video from, among them 'a' \(/,
      ),
    });
  });
});
