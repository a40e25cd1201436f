import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { decodeMepItems } from "../../bench/mep/reference/items.ts";
import { readJsonl } from "../../core/jsonl.ts";
import { mepBuildCommand } from "./bench/mep/build.ts";
import { readTexts } from "./cues.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-lists-"));
  said = "";
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    said += String(chunk);
    return true;
  });
  mkdirSync(join(folder, "clips"));
  for (const id of ["a", "b", "c"]) put(`clips/${id}.mp4`, `film ${id}`);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);
function put(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}
const texts = [
  ["a", "In the video, he smiles broadly. In the audio, a loud voice.", "joy"],
  ["b", "In the video, she lowers her head. In the audio, a trembling voice.", "sadness"],
  ["c", "In the video, he frowns deeply. In the audio, he shouts.", "anger"],
] as const;
const table = (header: string) =>
  `${header}\n${texts.map(([id, text, label]) => `${id}.mp4,"${text}",${label}\n`).join("")}`;
interface Runnable {
  parseAsync(args: string[], options: { from: "user" }): Promise<unknown>;
}
const run = (command: Runnable, ...args: string[]) => command.parseAsync(args, { from: "user" });

describe("one list", () => {
  const named = ["--id", "film", "--text", "told", "--label", "feels"];
  const clips = () => at("clips.jsonl");
  const build = (...args: string[]) =>
    run(mepBuildCommand(), "--embedder", "lexical", "--out", at("items.json"), ...args);
  const items = () =>
    decodeMepItems(readFileSync(at("items.json"), "utf8"), "items.json").samples.map(
      ({ clip }) => clip,
    );

  it("is read by every command with the same options, and what one writes by all others", async () => {
    const list = put("t.csv", table("film,told,feels"));
    await run(exportCommand(), "clips", "-r", list, "-v", at("clips"), "-o", clips(), ...named);
    expect(readJsonl(clips())).toEqual(
      texts.map(([id, reference, label]) => ({
        clip_id: id,
        video: `clips/${id}.mp4`,
        reference,
        label,
      })),
    );
    await build("--data", list, "--clips", at("clips"), "--id", "film", "--column", "told");
    expect(items()).toEqual(["a.mp4", "b.mp4", "c.mp4"]);
    await build("--data", list, "--videos", at("clips"), "--id", "film", "--column", "told");
    expect(items()).toEqual(["a.mp4", "b.mp4", "c.mp4"]);
    await build("--data", clips(), "--clips", folder);
    expect(items()).toEqual(["clips/a.mp4", "clips/b.mp4", "clips/c.mp4"]);
    const own = texts.map(([id, text]) => ({ id, text }));
    expect(readTexts(clips())).toEqual(own);
    expect(readTexts(list, { columns: { id: "film", text: "told" } })).toEqual(own);
    await run(exportCommand(), "ms-swift", "--no-media-check", "-d", clips(), "-o", at("one"));
    await run(
      exportCommand(),
      "ms-swift",
      "--no-media-check",
      "-d",
      list,
      "-o",
      at("two"),
      "--videos",
      at("clips"),
      ...named,
    );
    const data = readFileSync(at("one/data.jsonl"), "utf8");
    expect(readFileSync(at("two/data.jsonl"), "utf8")).toBe(data);
    expect(readTexts(at("one/data.jsonl"))).toEqual(own);
    expect(readTexts(at("one/sft.jsonl")).map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("trains ms-swift on its training clips alone, and says how many it left out", async () => {
    const rows = texts.map(([id, reference, label], index) => ({
      clip_id: id,
      video: `clips/${id}.mp4`,
      reference,
      label,
      split: index === 0 ? "test" : "train",
    }));
    put("clips.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    await run(exportCommand(), "ms-swift", "--no-media-check", "-d", clips(), "-o", at("out"));
    expect(readTexts(at("out/data.jsonl")).map(({ id }) => id)).toEqual(["b", "c"]);
    expect(said).toContain("1 clips of other sides than train are left out");
    const none = run(
      exportCommand(),
      "ms-swift",
      "--no-media-check",
      "-d",
      clips(),
      "-o",
      at("x"),
      "--split",
      "validation",
    );
    await expect(none).rejects.toThrow(/the list has no validation clips \(3 are on other sides/);
  });

  it("may lack an id for cues: rows are called by their number, rows without a text are counted", () => {
    expect(readTexts(put("t.csv", "text,x\na,1\n,2\n"))).toEqual([{ id: "1", text: "a" }]);
    expect(said).toContain("1 row without a text");
  });
});

describe("oppo import", () => {
  const rows = () => readJsonl(at("out.jsonl"));
  const list = () =>
    put(
      "emer.csv",
      `name,chinese,english\n${texts.map(([id, text]) => `${id},无,"${text}"\n`).join("")}`,
    );

  it("writes a known form as clips.jsonl, with films where it is told where they are", async () => {
    await run(importCommand(), "emer", list(), "--videos", at("clips"), "-o", at("out.jsonl"));
    expect(rows()[0]).toEqual({ clip_id: "a", video: "clips/a.mp4", reference: texts[0][1] });
    expect(said).toContain("3 clips: 3 with a film, 3 with a reference, 0 with labels");
  });

  it("writes texts alone where no films are, and says so", async () => {
    await run(importCommand(), "emer", list(), "-o", at("out.jsonl"));
    expect(rows()[0]).toEqual({ clip_id: "a", reference: texts[0][1] });
    expect(said).toContain("texts alone are written; --videos names the folder of films");
    mkdirSync(at("empty"));
    const lost = run(importCommand(), "emer", list(), "--videos", at("empty"), "-o", at("x"));
    await expect(lost).rejects.toThrow("none of 3 rows has its file");
  });

  it("never writes over the list itself", async () => {
    const own = put("own.jsonl", `${JSON.stringify({ clip_id: "a", video: "clips/a.mp4" })}\n`);
    const before = readFileSync(own, "utf8");
    await expect(run(importCommand(), "clips", own, "-o", own)).rejects.toThrow(
      "own.jsonl: is the list itself (name another --out)",
    );
    expect(readFileSync(own, "utf8")).toBe(before);
  });
});
