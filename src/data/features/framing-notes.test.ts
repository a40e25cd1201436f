import { describe, expect, it } from "vitest";
import { framingNotes } from "./framing-notes.ts";

const square = { x: 0, y: 0, side: 8 };
const face = { id: "a", framing: { kind: "face", square } as const };
const none = (id: string) => ({ id, framing: { kind: "none", why: "no face in 8" } as const });

describe("notes on framing", () => {
  it("count the clips that are cut to the face", () => {
    expect(framingNotes([face, face])).toEqual(["Framing: 2 of 2 clips are cut to the face."]);
  });

  it("count and name those that are looked at whole, each with its reason", () => {
    const two = { id: "c", framing: { kind: "several", why: "up to 2 faces at once" } as const };
    expect(framingNotes([face, none("b"), two])).toEqual([
      "Framing: 1 of 3 clips are cut to the face. The whole picture is looked at in 2: " +
        "'b' (no face in 8), 'c' (up to 2 faces at once).",
    ]);
  });

  it("name twenty and count the others", () => {
    const [note] = framingNotes(Array.from({ length: 25 }, (_, k) => none(`n${k}`)));
    expect(note).toContain("in 25: ");
    expect(note!.match(/'n\d+'/g)).toHaveLength(20);
    expect(note).toContain("and 5 more");
  });
});
