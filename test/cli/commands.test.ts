import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const good =
  "<think>In the video, smiling lips and raised brows. In the audio, loud voice. Both express joy.</think><answer>joy</answer>";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function oppo(...args: string[]) {
  return spawnSync(process.execPath, [join(root, "bin/oppo.mjs"), ...args], {
    cwd: folder,
    encoding: "utf8",
  });
}

describe("oppo", () => {
  it("lists its commands, from any folder", () => {
    const { stdout, status } = oppo("--help");
    expect(status).toBe(0);
    for (const command of [
      "demo",
      "corpus",
      "sft",
      "train",
      "eval",
      "report",
      "score",
      "cues",
      "serve",
      "export",
      "doctor",
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, "m"));
    }
  });

  it("explains the reward of a response term by term", () => {
    const { stdout, status } = oppo("score", good, "--reference", good);
    expect(status).toBe(0);
    expect(stdout).toMatch(/reward 1 = format 1/);
    expect(stdout).toContain('cue "loud voice" recovered by "loud voice"');
    const negated = good.replace("loud voice", "no loud voice");
    expect(oppo("score", negated, "-r", good, "--json").stdout).toContain('"contradicts": true');
  });

  it("asks for the label where the reference has no answer", () => {
    const { stderr, status } = oppo("score", good, "-r", "In the video, broad smile.");
    expect(status).toBe(1);
    expect(stderr).toMatch(/LABEL_MISSING.*--label/);
  });

  it("decomposes a file of texts", () => {
    const file = join(folder, "texts.jsonl");
    writeFileSync(file, `${JSON.stringify({ id: "a", text: good })}\n`);
    const { stdout, status } = oppo("cues", file);
    expect(status).toBe(0);
    expect(stdout).toContain("smiling lips");
  });

  it("names file, line and column of a config error, and exits 1", () => {
    const file = join(folder, "bad.yaml");
    writeFileSync(file, "name: x\nvariants: { a: {} }\nrl:\n  stepz: 3\n");
    const { stderr, status } = oppo("train", "--config", file);
    expect(status).toBe(1);
    expect(stderr).toContain("bad.yaml:4:");
    expect(stderr).toContain("stepz");
  });

  it("refuses unknown options and variants", () => {
    expect(oppo("train", "--bogus").status).toBe(1);
    expect(oppo("nonsense").status).toBe(1);
  });
});
