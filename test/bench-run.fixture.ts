import { spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { vi } from "vitest";
import { addCommands } from "../src/cli/commands/index.ts";
import { OppoError } from "../src/core/errors.ts";
import type { Clip } from "../src/media/clip.ts";
import { writeClip } from "../src/media/write.ts";

const root = resolve(import.meta.dirname, "..");

/** One second of a moving ramp and a tone; `kind` makes clips differ. */
function tinyClip(kind: number): Clip {
  const [width, height, frames, fps] = [32, 24, 8, 8];
  const data = new Uint8Array(width * height * 3 * frames);
  for (let i = 0; i < data.length; i++) data[i] = (i * (kind + 3) + (i >> 8)) & 255;
  const samples = Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / (5 + kind)));
  return { video: { width, height, frames, fps, data }, audio: { sampleRateHz: 16_000, samples } };
}

/** Writes a clip once and copies it under every name. */
export async function writeClips(folder: string, names: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const first: string[] = [];
  for (const kind of [0, 1]) {
    const file = join(folder, names[kind]!);
    await writeClip(file, tinyClip(kind));
    first.push(file);
  }
  names.slice(2).forEach((name, index) => {
    copyFileSync(first[index % 2]!, join(folder, name));
  });
}

/** OV-MERD+ as its owners lay it out: `count` samples. */
export async function writeOvmerd(data: string, count: number): Promise<void> {
  const folder = join(data, "ovmerdplus-process");
  const ids = Array.from({ length: count }, (_, i) => `sample_${String(i).padStart(8, "0")}`);
  await writeClips(
    join(folder, "video"),
    ids.map((id) => `${id}.mp4`),
  );
  const labels = ["[happy, excited]", "[angry]", "[sad, worried]", "[surprised]"];
  const rows = ids.map((id, i) => `${id},"${labels[i % labels.length]}"`);
  writeFileSync(join(folder, "ovlabel.csv"), `name,openset\n${rows.join("\n")}\n`);
  const spoken = ids.map((id, i) => `${id},"Well, number ${i}."`);
  writeFileSync(join(folder, "subtitle_eng.csv"), `name,sentence\n${spoken.join("\n")}\n`);
}

/** Two tasks of MME-Emotion; one sample has no audio clue. */
export async function writeMme(data: string, count: number): Promise<void> {
  for (const task of ["ER-Lab", "FG-ER"]) {
    const ids = Array.from({ length: count }, (_, i) => `${task}/video/${i}.mp4`);
    await writeClips(
      join(data, task, "video"),
      ids.map((_, i) => `${i}.mp4`),
    );
    const set = ["happy", "angry", "sad"];
    const questions = ids.map((video_id, i) => ({ video_id, label: set[i % 3], label_set: set }));
    writeFileSync(join(data, `${task}.json`), JSON.stringify(questions));
    const clues = ids
      .slice(task === "ER-Lab" ? 1 : 0)
      .map((video_id) => ({ video_id, ground_truth: "x", audio_clue: `A voice in ${video_id}.` }));
    writeFileSync(join(data, `${task}_audio.json`), JSON.stringify(clues));
  }
}

/** Runs the command in this process, as `oppo` would; resolves with its exit code and error. */
export async function oppo(args: readonly string[]): Promise<{ code: number; text: string }> {
  const quiet = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, "write").mockReturnValue(true),
  );
  try {
    await addCommands(new Command("oppo").enablePositionalOptions()).parseAsync(args, {
      from: "user",
    });
    return { code: 0, text: "" };
  } catch (error) {
    if (!(error instanceof OppoError)) throw error;
    return { code: 1, text: `${error.code}: ${error.message}` };
  } finally {
    for (const spy of quiet) spy.mockRestore();
  }
}

/**
 * Runs the command in a process of its own and kills that with SIGKILL once its journal holds
 * `rows` rows.
 */
export async function killedAfter(args: readonly string[], journal: string, rows: number) {
  const killed = await killedWhen(args, () => lines(journal) >= rows);
  return { killed, rows: lines(journal) };
}

/** Whether the command was still at work when it was killed. */
export async function killedWhen(args: readonly string[], when: () => boolean): Promise<boolean> {
  const child = spawn(process.execPath, [join(root, "bin/oppo.mjs"), ...args], {
    cwd: root,
    stdio: "ignore",
  });
  let ended = false;
  const code = new Promise<number | null>((end) =>
    child.on("close", (status) => {
      ended = true;
      end(status);
    }),
  );
  while (!ended && !when()) await new Promise((next) => setTimeout(next, 5));
  child.kill("SIGKILL");
  return (await code) === null;
}

export const lines = (file: string): number =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0;
