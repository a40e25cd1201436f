import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { drawForeignClips } from "../../scripts/foreign-clips/draw.ts";
import { readExperiment, shipped } from "../../src/cli/commands/experiment.ts";
import { runExperiment } from "../../src/cli/commands/experiment-run.ts";
import { dataOverrides } from "../../src/cli/commands/run.ts";
import { OppoError } from "../../src/core/errors.ts";
import { sha256 } from "../../src/core/files.ts";
import { runLayout } from "../../src/runs/layout.ts";
import { readMetrics } from "../../src/runs/record.ts";

const root = resolve(import.meta.dirname, "../..");
/** So small that it teaches nothing: what is tested is the way, not the numbers. */
const small = [
  ...["policy.width=32", "policy.layers=1", "executor={name: onnx, threads: 1}"],
  ...["sft.epochs=12", "sft.checkpointEvery=10", "rl.steps=12", "rl.checkpointEvery=1"],
  ...["rl.guards.canaryEffect=1e-9", "rl.guards.constantRewardSteps=9"],
  ...["bench.evaluation.bootstrapDraws=100", "bench.evaluation.recordClips=2"],
].flatMap((one) => ["--set", one]);

let folder: string;
let list: string;
let videos: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "oppo-own-clips-"));
  const drawn = await drawForeignClips(join(folder, "foreign"), {
    clips: 26,
    seed: 1,
    features: true,
  });
  list = drawn.table;
  videos = drawn.videos;
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command; it is ended as by a power cut as soon as `killWhen` is true. */
function oppo(args: readonly string[], killWhen?: () => boolean): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, "bin/oppo.mjs"), ...args], { cwd: folder });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const watch = setInterval(() => killWhen?.() && child.kill("SIGKILL"), 10);
  return new Promise((done) => {
    child.on("close", (status) => {
      clearInterval(watch);
      done({ status, stdout, stderr });
    });
  });
}

const run = (name: string, killWhen?: () => boolean) =>
  oppo(["run", "--data", list, "--videos", videos, "--name", name, ...small], killWhen);

/** What must be the same however often a run was killed. */
function fingerprint(name: string): Record<string, string> {
  const layout = runLayout(join(folder, "runs", name));
  const files = ["cold-start", "grpo", "oppo-swap"].flatMap((system) => {
    const { final } = layout.system(system);
    return readdirSync(final).map((file) => join(final, file));
  });
  return Object.fromEntries(
    [...files, layout.table, layout.tokenizer, layout.standardiser].map((file) => [
      file.replace(layout.root, ""),
      sha256(readFileSync(file)),
    ]),
  );
}

/** What a run's report says besides its numbers. */
function remarks(name: string): string[] {
  const page = readFileSync(runLayout(join(folder, "runs", name)).report, "utf8");
  return page.match(/<ul.*?<\/ul>/gs) ?? [];
}

describe("oppo run", () => {
  it("goes from a list of foreign clips to a report, without any truth", async () => {
    const { status, stdout, stderr } = await run("whole");
    expect(stderr, stderr).toContain("divided by group");
    expect(status).toBe(0);
    expect(stdout).toMatch(/recall above other clip, points +-?\d/);
    const layout = runLayout(join(folder, "runs/whole"));
    expect(existsSync(layout.items)).toBe(false);
    const page = readFileSync(layout.report, "utf8");
    for (const shown of ["data:video/mp4;base64,", "the reference says", "Is it seen and heard"]) {
      expect(page).toContain(shown);
    }
    expect(page.replaceAll(/data:[^"]*"/g, "")).not.toMatch(/undefined|NaN|\[object/);
    expect(readMetrics(layout.system("oppo-swap"))).toHaveLength(12);
  }, 240_000);

  it("killed three times and started again gives the same bytes, and says where it goes on", async () => {
    const layout = runLayout(join(folder, "runs/killed"));
    const steps = (system: string) => readMetrics(layout.system(system)).length;
    const stops = [
      () => existsSync(join(layout.root, "data")),
      () => existsSync(layout.system("cold-start").checkpoint),
      () => steps("grpo") >= 2,
    ];
    for (const stop of stops) expect((await run("killed", stop)).status).toBe(null);
    const { status, stderr } = await run("killed");
    expect(status).toBe(0);
    expect(stderr).toMatch(/grpo: resumed at step \d+ of 12/);
    expect(stderr).toContain("finished before");
    expect(fingerprint("killed")).toEqual(fingerprint("whole"));
    expect(remarks("whole").join()).toContain("divided by group");
    expect(remarks("killed")).toEqual(remarks("whole"));
  }, 400_000);

  it("trains on features of the same clips that were made elsewhere", async () => {
    const features = join(folder, "foreign/features");
    const { status, stderr, stdout } = await oppo([
      ...["run", "--data", list, "--name", "features", ...small],
      ...["--video-features", join(features, "video")],
      ...["--audio-features", join(features, "audio")],
    ]);
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("video features of 26 clips come from files");
    expect(stdout).toContain("recall above other clip");
    const page = readFileSync(join(folder, "runs/features/report.html"), "utf8");
    expect(page).toContain("there is no film to show");
  }, 240_000);

  it("refuses to go on with a list that was changed meanwhile", async () => {
    const changed = join(folder, "changed.csv");
    writeFileSync(changed, readFileSync(list, "utf8").replace(/,happy,/, ",sad,"));
    copyFileSync(list, join(folder, "list.csv"));
    const at = ["--videos", videos, "--name", "meanwhile", ...small];
    const own = join(folder, "list.csv");
    await oppo(["run", "--data", own, ...at], () =>
      existsSync(runLayout(join(folder, "runs/meanwhile")).data),
    );
    copyFileSync(changed, own);
    const { status, stderr } = await oppo(["run", "--data", own, ...at]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/RUN_DATA_DIFFERS.*is not what it was since this run began/);
  }, 240_000);
});

describe("clips that can't be trained on", () => {
  /** A folder with a list and clips of its own, made from the foreign ones. */
  function bad(name: string, rows: readonly string[], files: readonly string[] = []): string {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    for (const file of files) {
      const from = readdirSync(videos).find((one) =>
        one.endsWith(file.slice(file.lastIndexOf("."))),
      )!;
      copyFileSync(join(videos, from), join(own, file));
    }
    writeFileSync(join(own, "list.csv"), ["video,reference,label", ...rows, ""].join("\n"));
    return join(own, "list.csv");
  }
  const text = "In the video, a broad smile. In the audio, a loud voice.";
  const row = (file: string, label = "joy") => `${file},"${text}",${label}`;
  /** What is said, with what was said before it. */
  const refused = async (data: string, more: readonly string[] = []): Promise<string> => {
    const runs = join(folder, "bad-runs");
    let heard = "";
    const spy = vi.spyOn(process.stderr, "write").mockImplementation((said) => {
      heard += String(said);
      return true;
    });
    try {
      const set = [...dataOverrides({ data, name: "bad" }), ...more];
      const experiment = await readExperiment({ config: shipped("run"), set, runs });
      await runExperiment(experiment, { runs, jobs: 1 });
      return "accepted";
    } catch (error) {
      if (!(error instanceof OppoError)) throw error;
      return `${heard}${error.code}: ${error.message}`;
    } finally {
      spy.mockRestore();
      rmSync(runs, { recursive: true, force: true });
    }
  };

  it("one clip: nothing could be held out, said before anything is decoded", async () => {
    const said = await refused(bad("one", [row("a.mp4")], ["a.mp4"]));
    expect(said).toMatch(/SPLIT_EMPTY.*1 clip can't be divided/);
    expect(said).not.toContain("decode clips");
  });

  it("a list and a folder that do not match", async () => {
    const said = await refused(bad("other", [row("b.mp4"), row("c.mp4")], ["a.mp4"]));
    expect(said).toMatch(/LIST_NO_MATCH.*none of 2 rows has its file/);
  });

  it("a list that is not there, options without a list", async () => {
    expect(await refused(join(folder, "nowhere.csv"))).toMatch(/LIST_MISSING.*no such file/);
    expect(() => dataOverrides({ label: "emotion" })).toThrow(/name it with --data/);
    const { status, stderr } = await oppo(["run"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/RUN_NO_DATA: no clips are named.*--data LIST/);
  });

  it("too few clips for a step of training: what to set", async () => {
    const files = ["a.mp4", "b.webm", "c.mkv", "d.avi"];
    const said = await refused(
      bad(
        "four",
        files.map((file) => row(file)),
        files,
      ),
    );
    expect(said).toMatch(/(RL_TOO_FEW|DATA_NONE_HELD_OUT)/);
    expect(said).not.toContain("decode clips");
  });

  it("references that name nothing seen or heard", async () => {
    const files = ["a.mp4", "b.webm", "c.mkv", "d.avi", "e.mov", "f.mp4", "g.webm", "h.mkv"];
    const rows = files.map((file, at) => `${file},She is sad ${at}.,joy`);
    expect(await refused(bad("blank", rows, files))).toMatch(/(ITEMS_EMPTY|SFT_NOTHING)/);
  });

  it("zero bytes, and a folder called like a film", async () => {
    const files = Array.from({ length: 12 }, (_, at) => `${at}.${["mp4", "webm", "mkv"][at % 3]}`);
    const path = bad(
      "empty",
      [...files, "x.mp4", "y.mp4"].map((file) => row(file)),
      files,
    );
    writeFileSync(join(folder, "empty/x.mp4"), "");
    mkdirSync(join(folder, "empty/y.mp4"));
    const said = await refused(path, ["rl.prompts=2"]);
    expect(said).toMatch(/x\.mp4/);
  }, 120_000);
});
