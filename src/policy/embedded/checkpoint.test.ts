import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embeddedOptions } from "../options.ts";
import { initAdam } from "./adam.ts";
import { readCheckpoint, readDescription, writeCheckpoint } from "./checkpoint.ts";
import type { PolicyDescription } from "./description.ts";
import { initParameters } from "./params.ts";

const shape = {
  ...embeddedOptions.parse({ width: 8, layers: 1, heads: 1, headWidth: 4, maxTokens: 3 }),
  vocabulary: 5,
  video: { tokens: 1, dim: 2 },
  audio: { tokens: 1, dim: 2 },
};
const description: PolicyDescription = { shape, bos: 1, eos: 2 };

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "oppo-checkpoint-"));
  folder = join(root, "policy");
});
afterEach(() => rmSync(root, { recursive: true }));

function state(seed: number) {
  const parameters = initParameters(shape, seed);
  const adam = initAdam(parameters);
  adam.step = seed;
  adam.first.get("head.weight")?.fill(seed);
  adam.second.get("final.norm")?.fill(seed / 3);
  return { parameters, adam };
}

function write(seed: number): void {
  const { parameters, adam } = state(seed);
  writeCheckpoint(folder, description, parameters, adam);
}

function read(changed: Partial<PolicyDescription> = {}): ReturnType<typeof state> {
  const into = state(99);
  readCheckpoint(folder, { ...description, ...changed }, into.parameters, into.adam);
  return into;
}

describe("checkpoint", () => {
  it("gives back parameters, moments, step and description", () => {
    write(3);
    expect(read()).toEqual(state(3));
    expect(readDescription(folder)).toEqual(description);
  });

  it("replaces an earlier one and leaves nothing beside it", () => {
    write(3);
    write(4);
    expect(read()).toEqual(state(4));
    expect(readdirSync(root)).toEqual(["policy"]);
    expect(readdirSync(folder).sort()).toEqual([
      "model.safetensors",
      "optimizer.safetensors",
      "policy.json",
    ]);
  });

  it("finds the earlier one when a kill fell between the two renames", () => {
    write(3);
    renameSync(folder, `${folder}.old`);
    expect(read()).toEqual(state(3));
    write(4);
    expect(read()).toEqual(state(4));
    expect(existsSync(`${folder}.old`)).toBe(false);
  });

  it("refuses a checkpoint of another shape and says which field", () => {
    write(3);
    const wider = { shape: { ...shape, width: 16 } };
    expect(() => read(wider)).toThrow(/policy\.json: width is 8, this policy's is 16/);
    expect(() => read({ eos: 4 })).toThrow(/eos is 2, this policy's is 4/);
  });

  it("refuses a file whose bytes changed, and changes nothing itself", () => {
    write(3);
    const file = join(folder, "optimizer.safetensors");
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    const into = state(99);
    const load = () => readCheckpoint(folder, description, into.parameters, into.adam);
    expect(load).toThrow(/optimizer\.safetensors: content is not what policy\.json says/);
    expect(into).toEqual(state(99));
  });

  it("names the folder's missing or foreign policy.json", () => {
    expect(() => read()).toThrow(/policy\.json: no readable checkpoint here/);
    write(3);
    writeFileSync(join(folder, "policy.json"), '{"format":"other"}');
    expect(() => read()).toThrow(/format is 'other'/);
  });
});
