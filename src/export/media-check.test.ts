import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { exportCommand } from "../cli/commands/export.ts";
import { inspectList } from "../cli/commands/inspect.ts";
import { readSwiftOptions } from "../cli/ms-swift.ts";
import { readJsonl, writeJsonl } from "../core/jsonl.ts";
import { type FakeClip, writeFakeClip } from "../data/inspect/clips.fake.ts";
import { defaultSwiftNeeds } from "../data/inspect/ways/ms-swift.ts";
import type { SwiftRow } from "./dataset.ts";
import { swiftNeeds } from "./media-check.ts";

const reference =
  "<think>In the video, raised brows. In the audio, a loud voice.</think><answer>joy</answer>";
const swap = ["masks.visual=swap", "masks.acoustic=swap", "loss.preset=oppo-swap"];

let folder: string;
let said: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-media-check-"));
  await list("equal", [{}, { seed: 1 }, { seed: 2 }]);
  await list("unequal", [{}, { seed: 3 }, { seconds: 3, seed: 4 }, { width: 96, seed: 5 }]);
  await list("mute", [{}, { sound: "none" }]);
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

async function list(name: string, fakes: readonly FakeClip[]): Promise<void> {
  mkdirSync(join(folder, name));
  for (const [k, fake] of fakes.entries()) {
    await writeFakeClip(join(folder, name, `${k}.mp4`), fake);
  }
  const rows = fakes.map((_, k) => ({
    clip_id: `clip-${k}`,
    video: `${name}/${k}.mp4`,
    reference,
  }));
  writeJsonl(join(folder, `${name}.jsonl`), rows);
}

const out = (name: string): string => join(folder, "out", name);
const runs = (): string => join(folder, "runs");

const run = (name: string, set: readonly string[] = [], ...more: string[]) =>
  exportCommand().parseAsync(
    [
      "ms-swift",
      ...["--data", join(folder, `${name}.jsonl`), "--out", out(name), "--runs", runs()],
      ...set.flatMap((value) => ["--set", value]),
      ...more,
    ],
    { from: "user" },
  );

describe("oppo export ms-swift", () => {
  it("refuses a clip without sound, by name, and writes nothing", async () => {
    await expect(run("mute")).rejects.toThrow(
      /mute\.jsonl: the cluster would refuse 1 of 2 clips:\n {2}1 clip: 'clip-1': no sound track\n {4}leave the clip out/,
    );
    expect(existsSync(out("mute"))).toBe(false);
  });

  it("refuses swapped streams of unequal clips, with both cures; blanked ones it takes", async () => {
    const refused = run("unequal", swap);
    await expect(refused).rejects.toThrow(
      /2 clips: 'clip-2': picture of 64×48 pixels and 6 frames/,
    );
    await expect(refused).rejects.toThrow(
      /1 clip: 'clip-2': sound of 3\.\d\d s; 3 of 4 clips have/,
    );
    await expect(refused).rejects.toThrow(
      /oppo export clips --seconds 1 --size 64x48.*; or use masks\.visual=black/,
    );
    expect(existsSync(out("unequal"))).toBe(false);
    await run("unequal");
    expect(readJsonl<SwiftRow>(join(out("unequal"), "data.jsonl"))).toHaveLength(4);
  });

  it("takes swapped streams of equal clips, and of unequal ones once they were made equal", async () => {
    await run("equal", swap);
    expect(said).toContain("3 clips; references: 3 with something seen");
    const made = join(folder, "made.jsonl");
    const size = ["--seconds", "2", "--size", "64x48"];
    const args = [
      "clips",
      "-r",
      join(folder, "unequal.jsonl"),
      "-o",
      made,
      "--runs",
      runs(),
      ...size,
    ];
    await exportCommand().parseAsync(args, { from: "user" });
    expect(said).toContain("1 clip cut to 2 s: 1.0 s in all are gone");
    expect(readJsonl(made)).toMatchObject([
      { clip_id: "clip-0", video: expect.stringMatching(/^made-clips\/clip-0\.\w{8}\.mp4$/) },
      { clip_id: "clip-1" },
      { clip_id: "clip-2" },
      { clip_id: "clip-3" },
    ]);
    await run("made", swap);
  });

  it("decodes nothing that was inspected before", async () => {
    await inspectList(join(folder, "equal.jsonl"), { runs: runs(), media: true });
    said = "";
    await run("equal");
    expect(said).not.toContain("look at clips");
  });

  it("exports without looking where it is told so", async () => {
    await run("mute", [], "--no-media-check");
    expect(readJsonl(join(out("mute"), "data.jsonl"))).toHaveLength(2);
  });

  it("says that long clips are thinned, and finds faults of settings before it opens a clip", async () => {
    await run("equal", ["training.maxSeconds=0.5"]);
    expect(said).toContain("3 clips longer than 0.5 s: seen in fewer frames a second");
    writeFileSync(
      join(folder, "gone.jsonl"),
      `{"clip_id":"a","video":"equal/0.mp4","reference":"x"}\n`,
    );
    await expect(run("gone", ["training.numGenerations=7"])).rejects.toThrow(/does not divide/);
  });

  it("asks of clips what the defaults of its settings say", () => {
    expect(swiftNeeds(readSwiftOptions(undefined, []))).toEqual(defaultSwiftNeeds);
  });
});

describe("oppo export clips", () => {
  it.each([
    [["--seconds", "5"], /--seconds and --size go together/],
    [["--seconds", "5", "--size", "big"], /'big' is no size \(for example 320x240\)/],
    [["--seconds", "5", "--size", "63x48"], /63x48 has an odd side/],
  ])("refuses %s", async (more, message) => {
    const args = [
      "clips",
      "-r",
      join(folder, "equal.jsonl"),
      "-o",
      join(folder, "no.jsonl"),
      ...more,
    ];
    await expect(exportCommand().parseAsync(args, { from: "user" })).rejects.toThrow(message);
    expect(existsSync(join(folder, "no.jsonl"))).toBe(false);
  });
});
