import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { featureOptions } from "../../media/options.ts";
import type { ClipRow } from "../clip-row.ts";
import { loadRowFeatures } from "./load.ts";

// A machine that has the face detector is taken for one without.
vi.mock("../../media/framing/human.ts", async (original) => {
  const human = await original<typeof import("../../media/framing/human.ts")>();
  const nowhere = (): never => {
    throw new Error("not there");
  };
  return { ...human, requireFaceDetector: () => human.requireFaceDetector(nowhere) };
});

const folder = mkdtempSync(join(tmpdir(), "oppo-framing-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rows: ClipRow[] = [{ id: "a", media: { video: join(folder, "gone.mp4") }, labels: [] }];
const load = (given: object) =>
  loadRowFeatures(rows, { folder, options: featureOptions.parse(given), workers: 0 });

describe("framing: face without its install", () => {
  it("says what to type before any clip is opened", async () => {
    await expect(load({ framing: "face" })).rejects.toMatchObject({
      code: "FACE_INSTALL",
      message: expect.stringContaining("run `npm install --no-save @vladmandic/human@"),
    });
  });

  it("is no matter where the whole picture is looked at", async () => {
    for (const given of [{}, { framing: "whole" }]) {
      await expect(load(given)).rejects.toMatchObject({ code: "CLIPS_UNREADABLE" });
    }
  });
});
