import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { silent } from "../../../core/progress.ts";
import { type FakeClip, writeFakeClip, writeStereo } from "../clips.fake.ts";
import { cancelsItself } from "./listen.ts";
import { lookAtFile } from "./look.ts";
import { lookAtFiles } from "./look-at-files.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-look-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string): string => join(folder, name);

async function look(name: string, fake: FakeClip = {}) {
  await writeFakeClip(file(name), fake);
  return lookAtFile(file(name), null);
}

describe("looking at a file", () => {
  it("tells length, size, rate, tracks and levels", async () => {
    const facts = await look("plain.mp4", { seconds: 2 });
    expect(facts).toMatchObject({
      container: "mp4",
      failure: null,
      tracks: [
        { kind: "video", codec: "h264" },
        { kind: "audio", codec: "aac", channels: 1, rateHz: 16000 },
      ],
      picture: { startSec: 0, endSec: 2, frames: 16, fps: 8, width: 64, height: 48, blackShare: 0 },
      sound: { startSec: 0, rateHz: 16000, channels: 1, silentShare: 0 },
    });
    expect(facts.picture!.stillSec).toBeLessThan(0.3);
    expect(facts.sound!.endSec).toBeCloseTo(2, 1);
    expect(facts.sound!.peak).toBeCloseTo(0.4, 1);
    expect(facts.sound!.rms).toBeCloseTo(0.28, 1);
    expect(facts.sound!.envelope.length).toBeGreaterThan(50);
    expect(Math.min(...facts.sound!.envelope.slice(5, -5))).toBeGreaterThan(30);
  });

  it("tells a black, a still and a moving picture apart", async () => {
    expect((await look("black.mp4", { picture: "black" })).picture).toMatchObject({
      blackShare: 1,
    });
    const { picture } = await look("still.mp4", { picture: "still", seconds: 2 });
    expect(picture).toMatchObject({ blackShare: 0, stillSec: 2 });
  });

  it("hears digital silence, and what no model would hear: channels that cancel each other", async () => {
    const { sound } = await look("silent.mp4", { sound: "silence" });
    expect(sound).toMatchObject({ peak: 0, silentShare: 1 });
    writeStereo(file("opposite.wav"), -1);
    const opposite = (await lookAtFile(file("opposite.wav"), null)).sound!;
    expect(opposite).toMatchObject({ channels: 2, monoPeak: 0, silentShare: 0 });
    expect(opposite.peak).toBeCloseTo(0.244, 2);
    expect(cancelsItself(opposite)).toBe(true);
    writeStereo(file("wide.wav"), -0.5);
    expect(cancelsItself((await lookAtFile(file("wide.wav"), null)).sound!)).toBe(false);
  });

  it("says what is missing: no sound, no picture", async () => {
    expect(await look("mute.mp4", { sound: "none" })).toMatchObject({ sound: null, failure: null });
    expect(await look("blind.mp4", { picture: "none" })).toMatchObject({ picture: null });
  });

  it.each([
    ["zero bytes", (path: string) => writeFileSync(path, ""), "MEDIA_EMPTY"],
    ["text", (path: string) => writeFileSync(path, "no film at all"), "MEDIA_UNREADABLE"],
    ["a folder called x.mp4", (path: string) => mkdirSync(path), "MEDIA_MISSING"],
    ["nothing", () => {}, "MEDIA_MISSING"],
  ])("says why it can't be read: %s", async (name, make, code) => {
    const path = file(`${name}.mp4`);
    make(path);
    const { failure, picture, sound } = await lookAtFile(path, null);
    expect(failure).toMatchObject({ code });
    expect(failure!.message).not.toContain(folder);
    expect([picture, sound]).toEqual([null, null]);
  });

  it("says where a cut film ends, and keeps what was seen until then", async () => {
    await writeFakeClip(file("whole.mkv"), { seconds: 3 });
    const bytes = readFileSync(file("whole.mkv"));
    writeFileSync(file("cut.mkv"), bytes.subarray(0, bytes.length / 2));
    const { failure, picture } = await lookAtFile(file("cut.mkv"), null);
    expect(failure).toMatchObject({ code: "MEDIA_TRUNCATED" });
    expect(picture!.frames).toBeGreaterThan(3);
    expect(picture!.frames).toBeLessThan(20);
  });

  it("shrinks large frames while it decodes, so that memory does not grow with length", async () => {
    await writeFakeClip(file("large.mp4"), { width: 1280, height: 720, seconds: 4 });
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const timer = setInterval(() => {
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    }, 1);
    const shots = file("shots.json");
    const { picture } = await lookAtFile(file("large.mp4"), shots);
    clearInterval(timer);
    expect(picture).toMatchObject({ width: 1280, height: 720, frames: 32 });
    // 32 frames whole would be 88 MB.
    expect(most).toBeLessThan(40e6);
    const jpegs = JSON.parse(readFileSync(shots, "utf8")) as string[];
    expect(jpegs).toHaveLength(3);
    expect(Buffer.from(jpegs[0]!, "base64").subarray(0, 3)).toEqual(
      Buffer.from([0xff, 0xd8, 0xff]),
    );
  });
});

describe("looking at many files", () => {
  const seen: string[] = [];
  const options = (cache: string, workers = 0) => ({
    cache: file(cache),
    workers,
    progress: ({ step, done, total }: { step: string; done: number; total: number }) =>
      void seen.push(`${step} ${done}/${total}`),
  });

  it("decodes each content once, also on threads, and nothing the second time", async () => {
    const names = Array.from({ length: 9 }, (_, k) => file(`many-${k}.mp4`));
    for (const [seed, name] of names.entries()) await writeFakeClip(name, { seed: seed % 8 });
    const first = await lookAtFiles(names, options("many", 2));
    expect(first.get(names[8]!)).toEqual(first.get(names[0]!));
    expect(seen.at(-1)).toBe("look at clips 8/8");
    seen.length = 0;
    expect(await lookAtFiles(names, options("many"))).toEqual(first);
    expect(seen).toEqual([]);
  });

  it("goes on after a kill, whatever byte the journal was cut at", async () => {
    const names = [0, 1, 2].map((k) => file(`many-${k}.mp4`));
    const whole = await lookAtFiles(names, options("killed"));
    const journal = file("killed/facts.jsonl");
    const text = readFileSync(journal, "utf8");
    const lastLine = text.lastIndexOf("\n", text.length - 2) + 1;
    for (const cut of [lastLine, lastLine + 1, text.length - 1]) {
      writeFileSync(journal, text);
      truncateSync(journal, cut);
      seen.length = 0;
      expect(await lookAtFiles(names, options("killed"))).toEqual(whole);
      // A line that only lacks its end is whole.
      expect(seen.at(-1)).toBe(cut === text.length - 1 ? undefined : "look at clips 3/3");
      expect(readFileSync(journal, "utf8")).toBe(text);
    }
  });

  it("looks again at a file that has changed, and trusts no facts of another version", async () => {
    copyFileSync(file("many-0.mp4"), file("changing.mp4"));
    const before = (await lookAtFiles([file("changing.mp4")], options("changed"))).values();
    copyFileSync(file("silent.mp4"), file("changing.mp4"));
    const after = (await lookAtFiles([file("changing.mp4")], options("changed"))).values();
    expect(before.next().value!.facts.sound!.peak).toBeGreaterThan(0.3);
    const { sha256, facts } = after.next().value!;
    expect(facts.sound!.peak).toBe(0);
    appendFileSync(
      file("changed/facts.jsonl"),
      `${JSON.stringify({ sha256, version: "0", facts: {} })}\n`,
    );
    const [again] = (await lookAtFiles([file("changing.mp4")], options("changed"))).values();
    expect(again!.facts).toEqual(facts);
  });

  it("gives facts of a file that can't be read, and keeps no hash of it", async () => {
    const found = await lookAtFiles([file("gone.mp4")], { cache: null, progress: silent });
    expect(found.get(file("gone.mp4"))).toMatchObject({
      sha256: null,
      facts: { failure: { code: "MEDIA_MISSING" } },
    });
  });
});
