import { describe, expect, it } from "vitest";
import { ConfigError } from "../core/errors.ts";
import { listClips } from "./clip-list.ts";

const files = ["b.MP4", "a.mp4", "notes.txt", "c.webm"];
const row = (line: number, fields: object) => ({ line, fields: { ...fields } });
const list = (...rows: ReturnType<typeof row>[]) => listClips(files, "clips", rows, "refs.csv");

describe("listClips", () => {
  it("joins by name with or without ending, and says which videos are left over", () => {
    const { clips, without } = list(
      row(2, { names: "a", reasons: "In the video, a smile.", label: "joy" }),
      row(3, { video: "b.MP4", reference: "In the audio, a loud voice.", label: "" }),
    );
    expect(clips).toEqual([
      { clip_id: "a", video: "clips/a.mp4", reference: "In the video, a smile.", label: "joy" },
      { clip_id: "b", video: "clips/b.MP4", reference: "In the audio, a loud voice." },
    ]);
    expect(without).toEqual(["c.webm"]);
  });

  it.each([
    [
      "CLIP_VIDEO",
      /refs\.csv:2: no video is called 'notes'.*clips/,
      { id: "notes", reference: "x" },
    ],
    ["CLIP_COLUMN", /refs\.csv:2: has none of reference, reason/, { id: "a", text: "x" }],
    ["CLIP_COLUMN", /refs\.csv:2: has none of clip_id/, { clip_id: "", reference: "x" }],
  ])("refuses a row by its line: %s", (code, message, fields) => {
    const refused = () => list(row(2, fields));
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(message);
    expect(refused).toThrow(expect.objectContaining({ code }));
  });

  it("refuses a video that has two references, and none at all", () => {
    const same = { id: "a", reference: "x" };
    expect(() => list(row(2, same), row(5, { ...same, id: "a.mp4" }))).toThrow(
      /refs\.csv:5: 'a\.mp4' stands in line 2, too/,
    );
    expect(() => list()).toThrow(/no references/);
  });
});
