import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canonicalJson, sha256 } from "../../core/files.ts";
import { featuresVersion } from "../../media/features.ts";
import { featureOptions } from "../../media/options.ts";
import { openFeatureStore } from "./store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "oppo-store-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = featureOptions.parse({});
const nameOf = (given: object): string =>
  openFeatureStore(folder, featureOptions.parse(given), ["video"]).file;
const content = (k: number): string => sha256(`${k}`);

describe("the store of features that look at the whole picture", () => {
  it("has the name that it had before there was a choice, spelt out or not", () => {
    const key = canonicalJson({
      record: "4",
      version: featuresVersion,
      options,
      stored: ["video"],
    });
    expect(Object.keys(options)).not.toContain("framing");
    const name = join(folder, `features-${sha256(key).slice(0, 16)}.bin`);
    expect(nameOf({})).toBe(name);
    expect(nameOf({ framing: "whole" })).toBe(name);
    expect(nameOf({ framing: "whole", faceMissing: "whole" })).toBe(name);
  });
});

describe("the store of features that look at the face", () => {
  const framed = { ...options, videoTokens: 1, frameSize: 4, framing: "face" } as const;
  const clip = (k: number) => ({
    content: content(k),
    decoded: { video: new Float32Array(32).fill(k) },
    framing: { kind: "none", why: `reason ${k}` } as const,
  });

  it("is one of its own, another where clips without a face are taken whole", () => {
    const names = [{}, { framing: "face" }, { framing: "face", faceMissing: "whole" }].map(nameOf);
    expect(new Set(names).size).toBe(3);
    expect(nameOf({ framing: "face", faceMissing: "refuse" })).toBe(names[1]);
  });

  it("knows how each clip was framed, also when it is opened again", () => {
    const store = openFeatureStore(folder, framed, ["video"]);
    store.append(clip(1));
    store.append(clip(2));
    const framings = [1, 2].map((k) => [content(k), clip(k).framing] as const);
    expect([...store.framings]).toEqual(framings);
    expect([...openFeatureStore(folder, framed, ["video"]).framings]).toEqual(framings);
  });

  it("goes on after a kill in the middle of a note on framing", () => {
    const store = openFeatureStore(folder, framed, ["video"]);
    store.append(clip(1));
    store.append(clip(2));
    const notes = join(folder, readdirSync(folder).find((name) => name.endsWith(".jsonl"))!);
    truncateSync(notes, readFileSync(notes).length - 5);
    openFeatureStore(folder, framed, ["video"]).append(clip(3));
    const again = openFeatureStore(folder, framed, ["video"]).framings;
    expect([...again.keys()]).toEqual([content(1), content(3)]);
  });
});
