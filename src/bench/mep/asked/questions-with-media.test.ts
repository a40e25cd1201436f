import { expect, it } from "vitest";
import type { MaskRequest } from "../../mask-media/mask-clip.ts";
import { defaultQuestionOptions } from "../reference/questions.ts";
import { fakeItems, fakeRows } from "../reference/rows.fake.ts";
import { needClips } from "./open-questions.ts";
import { mepQuestionsWithMedia } from "./questions-with-media.ts";

/** Names files by what is done to them. */
function recordingStore() {
  const requests: MaskRequest[] = [];
  const masked = async (request: MaskRequest) => {
    requests.push(request);
    return `${request.file}:${request.video}/${request.audio}`;
  };
  return { requests, masked, hash: async (file: string) => `hash of ${file}` };
}

it("gives each question the file its input asks for, and none where nothing is shown", async () => {
  const items = await fakeItems();
  const masks = recordingStore();
  const questions = await mepQuestionsWithMedia(items, { clips: "clips", masks });
  const byId = new Map(questions.map((question) => [question.id, question]));
  const black = "clips/s1.mp4:blank/own";
  expect(byId.get("s1/describe/full")!.media.video).toBe("clips/s1.mp4:own/own");
  expect(byId.get("s1/describe/visual-masked/blank")!.media).toEqual({
    video: black,
    audio: black,
  });
  expect(byId.get("s1/probe/visual-present-1/masked/blank")!.media.video).toBe(black);
  expect(byId.get("s1/describe/text-only")!.media).toEqual({});
  expect(byId.get("s1/describe/full")!.prompt).toContain('Subtitle: "line 1"');
  expect(byId.get("s1/describe/no-subtitle")!.prompt).not.toContain("line 1");
});

it("takes a clip with an absolute path from there, and needs no folder then", async () => {
  const items = await fakeItems(fakeRows.map((row) => ({ ...row, clip: `/far/${row.clip}` })));
  expect(needClips(items, { mask: "blank" })).toBe("/");
  const questions = await mepQuestionsWithMedia(items, { clips: "c", masks: recordingStore() });
  const full = questions.find(({ id }) => id === "s1/describe/full")!;
  expect(full.media.video).toBe("/far/s1.mp4:own/own");
  const mixed = await fakeItems(fakeRows.map((row, i) => (i > 0 ? row : { ...row, clip: "/a" })));
  expect(() => needClips(mixed, { mask: "blank" })).toThrow("--clips is missing");
});

it("leaves a dropped stream out and hands over the donor of a swapped one", async () => {
  const items = await fakeItems();
  const masks = recordingStore();
  const dropped = await mepQuestionsWithMedia(
    items,
    { clips: "c", masks },
    { ...defaultQuestionOptions, mask: "drop" },
  );
  const mute = dropped.find(({ id }) => id === "s1/describe/acoustic-masked/drop")!;
  expect(mute.media).toEqual({ video: "c/s1.mp4:own/drop" });
  await mepQuestionsWithMedia(
    items,
    { clips: "c", masks },
    { ...defaultQuestionOptions, mask: "swap" },
  );
  const swap = masks.requests.find(({ video }) => video === "swap")!;
  const donor = items.samples[0]!.donors.visual;
  expect(swap.donors).toEqual({ video: `c/${donor}.mp4` });
});

it("refuses a clip that is not the one the items were built with", async () => {
  const pinned = (last: string) =>
    fakeItems(
      fakeRows.map((row, i) => ({ ...row, clipHash: i < 3 ? `hash of c/${row.clip}` : last })),
    );
  const ask = async (last: string) =>
    mepQuestionsWithMedia(await pinned(last), { clips: "c", masks: recordingStore() });
  expect((await ask("hash of c/s4.mp4")).length).toBeGreaterThan(0);
  await expect(ask("hash of c/s3.mp4")).rejects.toMatchObject({
    code: "MEP_CLIP_CHANGED",
    message: expect.stringContaining("'s4'"),
  });
});

it("asks nothing about a stream where a set has no clips", async () => {
  const bare = await fakeItems(fakeRows.map(({ id, text }) => ({ id, text })));
  const masks = recordingStore();
  const questions = await mepQuestionsWithMedia(bare, { clips: "c", masks });
  expect(questions.every(({ media }) => Object.keys(media).length === 0)).toBe(true);
  expect(masks.requests).toEqual([]);
});
