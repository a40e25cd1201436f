import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { needs } from "../../../test/needs.ts";
import { faceInstallLine, openFaceDetector, requireFaceDetector } from "./human.ts";

const root = resolve(import.meta.dirname, "../../..");
const names = faceInstallLine.match(/@[\w-]+\/[\w-]+/g)!;

describe("the face detector's packages", () => {
  it("are asked for by name, with the line that installs them, where they are missing", () => {
    const without = (name: string): string => {
      if (name === "@tensorflow/tfjs-core") throw new Error("not there");
      return name;
    };
    expect(() => requireFaceDetector((name) => name)).not.toThrow();
    expect(() => requireFaceDetector(without)).toThrow(
      expect.objectContaining({
        code: "FACE_INSTALL",
        message:
          "framing: face needs a face detector that is not installed " +
          "(missing: @tensorflow/tfjs-core) (run `npm install --no-save @vladmandic/human@3.3.6 " +
          "@tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-converter@4.22.0 " +
          "@tensorflow/tfjs-backend-wasm@4.22.0`, again after each npm ci; " +
          "or set features.framing: whole)",
      }),
    );
  });

  it("are never downloaded by npm ci", () => {
    const lock = readFileSync(resolve(root, "package-lock.json"), "utf8");
    expect(names).toHaveLength(4);
    for (const name of names) expect(lock).not.toContain(name);
  });
});

describe(`the face detector ${needs.faceDetector.title}`, () => {
  it.skipIf(!needs.faceDetector.met)(
    `finds no face in an even picture and leaves fetch as it was ${needs.faceDetector.title}`,
    async () => {
      const fetchBefore = globalThis.fetch;
      const detector = await openFaceDetector();
      expect(globalThis.fetch).toBe(fetchBefore);
      const picture = { width: 96, height: 64, data: new Uint8Array(96 * 64 * 3).fill(128) };
      expect(await detector.find(picture)).toEqual([]);
    },
  );
});
