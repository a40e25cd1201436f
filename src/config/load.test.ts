import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ConfigError, OppoError } from "../core/errors.ts";
import { loadConfig } from "./load.ts";

const schema = z.strictObject({
  name: z.string(),
  rl: z.strictObject({
    steps: z.int().positive().default(3),
    mode: z.enum(["a", "b"]).default("a"),
  }),
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-config-"));
  file = join(folder, "x.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function failure(text: string, overrides: string[] = []): ConfigError {
  writeFileSync(file, text);
  try {
    loadConfig(file, schema, overrides);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

describe("loadConfig", () => {
  it("fills defaults", () => {
    writeFileSync(file, "name: x\nrl: {}\n");
    expect(loadConfig(file, schema)).toEqual({ name: "x", rl: { steps: 3, mode: "a" } });
  });

  it("names file, line and column of an unknown key", () => {
    const error = failure("name: x\nrl:\n  steps: 4\n  lrr: 5\n");
    expect(error.message).toContain(`${file}:4:8: rl.lrr: Unrecognized key: "lrr"`);
  });

  it("lists the keys that are known where one is not, the likeliest first", () => {
    expect(failure("name: x\nrl:\n  stpes: 4\n").message).toContain("known here: steps, mode");
  });

  it("says of a missing field that it is missing", () => {
    expect(failure("rl: {}\n").message).toContain("name: is missing: string expected");
  });

  it("refuses a name that objects keep for themselves", () => {
    expect(failure("name: x\nrl: { __proto__: { steps: 1 } }\n").message).toMatch(
      /:2:\d+: rl\.__proto__: '__proto__' can't be a name/,
    );
  });

  it("puts defaults beneath what the file and the overrides say", () => {
    writeFileSync(file, "name: x\nrl: { mode: b }\n");
    const defaults = { rl: { steps: 9, mode: "a" } };
    expect(loadConfig(file, schema, [], defaults).rl).toEqual({ steps: 9, mode: "b" });
    expect(loadConfig(file, schema, ["rl.steps=2"], defaults).rl).toEqual({ steps: 2, mode: "b" });
  });

  it("names file, line and column of a wrong value", () => {
    const error = failure("name: x\nrl:\n  steps: -4\n");
    expect(error.message).toContain(`${file}:3:10: rl.steps:`);
  });

  it("points at the nearest parent of a missing field", () => {
    expect(failure("rl: {}\n").details).toMatchObject({ path: "name" });
  });

  it("reports broken YAML with its place", () => {
    expect(failure("name: [x\nrl: {}\n")).toMatchObject({ code: "CONFIG_YAML" });
  });

  it.each([
    [
      "aliases that repeat aliases",
      `name: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c]\n`,
      /aliases repeat too much \(at most 100 values/,
    ],
    ["an alias of nothing", "name: *none\n", /none.*needs its anchor/],
    ["a list in a thousand lists", `name: ${"[".repeat(20_000)}`, /x\.yaml/],
    ["a key twice", "name: a\nrl: {}\nname: b\n", /x\.yaml:3:1: Map keys must be unique/],
    ["a tag that says something else", "name: !python/tuple [1]\nrl: {}\n", /x\.yaml:1:7: .*tag/],
    [
      "another encoding",
      Buffer.from([0x6e, 0x3a, 0x20, 0xe9, 0x0a]),
      /x\.yaml:1: is not UTF-8: byte 4/,
    ],
    ["two documents", "name: a\n---\nname: b\n", /multiple documents/],
  ])("refuses %s", (_, text, message) => {
    writeFileSync(file, text);
    expect(() => loadConfig(file, schema)).toThrow(OppoError);
    expect(() => loadConfig(file, schema)).toThrow(message);
  });

  it("takes an override's aliases for what they are", () => {
    expect(failure("name: x\nrl: {}\n", ["name=*x"])).toMatchObject({ code: "CONFIG_YAML" });
  });

  it("reads a config with a byte order mark, and one in UTF-16", () => {
    for (const encoding of ["utf8", "utf16le"] as const) {
      writeFileSync(file, Buffer.from("\uFEFFname: é\nrl: {}\n", encoding));
      expect(loadConfig(file, schema)).toMatchObject({ name: "é" });
    }
  });

  it("reports a missing file", () => {
    expect(() => loadConfig(join(folder, "none.yaml"), schema)).toThrow(
      /none\.yaml: no such config/,
    );
  });

  it("applies overrides, also to absent parents, and checks them", () => {
    writeFileSync(file, "name: x\nrl: {}\n");
    expect(loadConfig(file, schema, ["rl.steps=7", "name=y"])).toEqual({
      name: "y",
      rl: { steps: 7, mode: "a" },
    });
    expect(failure("name: x\nrl: {}\n", ["rl.stepz=7"]).message).toContain("rl.stepz");
    expect(failure("name: x\nrl: {}\n", ["rl.steps=-1"]).message).toMatch(/^--set rl\.steps=-1:/);
    const besides = failure("name: x\nrl: {}\nnames: 1\n", ["name=y"]);
    expect(besides.message).toContain(`${file}:3:`);
    expect(failure("name: x\nrl: {}\n", ["nonsense"]).code).toBe("CONFIG_OVERRIDE");
    expect(failure("name: x\nrl: {}\n", ["rl.mode=[a"]).code).toBe("CONFIG_OVERRIDE");
  });
});
