import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { silent } from "../../src/core/progress.ts";
import { openFinishedRun } from "./run-folder.ts";
import type { OpenOptions } from "./weights.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "printed-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, value: unknown): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value));
}

/** A run folder with these files; none of them is looked into before all are known to be there. */
function run(...files: string[]): void {
  write("config.json", { seed: 1, variants: { grpo: {} } });
  for (const file of files) write(file, {});
}
const shared = ["tokenizer.json", "standardiser.json", "mep-items.json", "corpus/manifest.jsonl"];
const finished = (system: string) => [`${system}/final/policy.json`, `${system}/evaluation.json`];
const open = (options: OpenOptions = {}) => openFinishedRun(folder, options, silent);

describe("a run folder", () => {
  it("that is none is named, with what to give", async () => {
    await expect(open()).rejects.toThrow(
      /config\.json: the run has no such file \(name the folder of a run/,
    );
  });

  it("of clips without truth is refused", async () => {
    write("config.json", { seed: 1, data: { source: "list" } });
    await expect(open()).rejects.toThrow(/are 'list' \(only clips drawn by the synthetic corpus/);
  });

  it.each(shared)("without %s is named as incomplete", async (missing) => {
    run(...shared.filter((file) => file !== missing));
    await expect(open()).rejects.toThrow(
      new RegExp(`${missing}: the run has no such file \\(let the run finish`),
    );
  });

  it("names the system that was not trained or measured, and how to leave it out", async () => {
    run(...shared, ...finished("cold-start"), "grpo/final/policy.json");
    await expect(open()).rejects.toThrow(
      /grpo\/evaluation\.json: .*leave the system out with --systems/,
    );
  });

  it("takes the last checkpoint of a system that a guard stopped, and of no other", async () => {
    run(...shared, ...finished("cold-start"), "grpo/evaluation.json");
    write("grpo/checkpoint/newest.json", { step: 40, folder: "step-40" });
    write("grpo/checkpoint/step-40/policy.json", {});
    await expect(open()).rejects.toThrow(/grpo\/final: the run has no such file/);
    write("grpo/stopped.json", { step: 58, code: "GUARD", message: "no" });
    // goes on to the items, which are none here
    await expect(open()).rejects.toThrow(/mep-items/);
  });

  it("doesn't guess a system that it doesn't have", async () => {
    run(...shared, ...finished("ceiling"));
    await expect(open({ only: ["gpro"] })).rejects.toThrow(
      /no system 'gpro' \(systems of this run: cold-start, grpo, ceiling\)/,
    );
  });
});
