import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { writeJsonl } from "../../core/jsonl.ts";
import { writeFakeClip } from "../../data/inspect/clips.fake.ts";
import { inspectCommand, inspectList } from "./inspect.ts";

const reference = "In the video, raised brows. In the audio, a loud voice.";

let folder: string;
let videos: string;
let list: string;
let said: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-inspect-cli-"));
  videos = join(folder, "100% films 🎬");
  mkdirSync(videos);
  for (let seed = 0; seed < 4; seed++) {
    await writeFakeClip(join(videos, `take ${seed}.mp4`), { seed, seconds: 1 + (seed % 2) });
  }
  list = join(folder, "mine.csv");
  const rows = [0, 1, 2, 3].map((k) => `take ${k},"${reference}",joy`);
  writeFileSync(list, `filename,description,emotion\n${rows.join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(() => {
  said = "";
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    said += text;
    return true;
  });
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  return () => vi.restoreAllMocks();
});

const inspect = (path: string, runs: string, flags: object = {}) =>
  inspectList(path, { runs: join(folder, runs), media: true, ...flags });

describe("oppo inspect", () => {
  it("looks at a list and a folder of films: summary, inspect.json and one page", async () => {
    const { json, page, refuses } = await inspect(list, "runs", { videos });
    expect(json).toBe(join(folder, "runs/inspect/mine/inspect.json"));
    expect(refuses).toBe(true);
    expect(said).toContain("4 clips: 6 s of picture");
    expect(said).toContain("✕ Train the embedded policy: all of 4 clips");
    expect(said).toContain("1 clip held out, two are the least: give more clips");
    expect(said).toContain("✓ Benchmark a model with MEP-Bench: all of 4 clips");
    expect(said).toMatch(/▲ .*swapped: 2 of 4 clips/);
    expect(JSON.parse(readFileSync(json, "utf8")).clips).toHaveLength(4);
    const html = readFileSync(page, "utf8");
    expect(html.match(/<article/g)).toHaveLength(4);
    expect(html.match(/data:image\/jpeg/g)).toHaveLength(12);
    expect(html).not.toMatch(/(src|href)="(?!data:|#)/);
  });

  it("says how many clips the cold start would get, and why so many can't be had", async () => {
    await inspect(list, "cold", { videos, media: false, coldStart: 2 });
    expect(said).toContain("drawn for the cold start: 2; for reinforcement learning: 1");
    said = "";
    await inspect(list, "cold", { videos, media: false, coldStart: 5000 });
    expect(said).toMatch(/5000 clips for the cold start, and 3 that train: none is left/);
  });

  it("takes a folder without a list, and says that there are no references", async () => {
    await inspect(videos, "folder-runs");
    expect(said).toContain("no references: there is nothing to learn reasoning from");
    expect(said).toContain("4 clips (every way)");
  });

  it("decodes nothing the second time and gives the same bytes, also after a kill", async () => {
    const first = await inspect(list, "again", { videos });
    const [json, page] = [readFileSync(first.json), readFileSync(first.page)];
    said = "";
    await inspect(list, "again", { videos });
    expect(said).not.toContain("look at clips");
    const journal = join(folder, "again/inspect/facts.jsonl");
    truncateSync(journal, readFileSync(journal).length - 30);
    rmSync(join(folder, "again/inspect/shots"), { recursive: true });
    rmSync(first.json);
    await inspect(list, "again", { videos });
    expect(said).toContain("look at clips  4/4");
    expect(readFileSync(first.json)).toEqual(json);
    expect(readFileSync(first.page)).toEqual(page);
  });

  it("passes on what the reader says of a list that does not match the folder", async () => {
    const other = join(folder, "other.jsonl");
    writeJsonl(other, [{ clip_id: "nobody", reference, label: "joy" }]);
    await expect(inspect(other, "runs", { videos })).rejects.toThrow(
      /none of 1 rows has its file \(no video file .*\): the list has nobody; .*films.* has take 0\.mp4/,
    );
    await expect(inspect(join(folder, "no.csv"), "runs")).rejects.toThrow(/no\.csv: no such file/);
  });

  it("never replaces the inspection of another list", async () => {
    await inspect(list, "runs", { videos });
    mkdirSync(join(folder, "elsewhere"), { recursive: true });
    const same = join(folder, "elsewhere/mine.csv");
    writeFileSync(same, readFileSync(list));
    await expect(inspect(same, "runs", { videos })).rejects.toThrow(
      /holds the inspection of .*mine\.csv \(name another folder with --out\)/,
    );
    const out = join(folder, "own");
    await inspect(same, "runs", { videos, out });
    expect(readdirSync(out).sort()).toEqual(["inspect.html", "inspect.json"]);
  });

  it("--no-media opens no file: not even one that is broken is found", async () => {
    writeFileSync(join(videos, "broken.mp4"), "");
    const one = join(folder, "broken.jsonl");
    writeJsonl(one, [{ clip_id: "broken", reference, label: "joy" }]);
    await inspect(one, "runs", { videos, media: false });
    expect(said).toContain("their files were not opened");
    expect(said).not.toContain("no bytes");
    await inspect(one, "runs", { videos });
    expect(said).toContain("'broken' (media file has no bytes)");
    rmSync(join(videos, "broken.mp4"));
  });

  it("--strict exits with 1 where a way would refuse, and only then", async () => {
    const args = [list, "--videos", videos, "--runs", join(folder, "runs")];
    await inspectCommand().parseAsync(args, { from: "user" });
    expect(process.exitCode ?? 0).toBe(0);
    await inspectCommand().parseAsync([...args, "--strict", "--json"], { from: "user" });
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    const printed = vi.mocked(process.stdout.write).mock.calls.at(-1)![0];
    expect(JSON.parse(String(printed))).toMatchObject({ format: "oppo-inspect-1" });
  });
});
