import { describe, expect, it } from "vitest";
import { scriptedChat } from "../service.fake.ts";
import { modelDecomposer } from "./model.ts";
import { decomposerOptions } from "./options.ts";
import { printedDecomposer } from "./printed.ts";

const limits = { tries: 2, maxTokens: 100 };
const text =
  "Her brows are raised and she does not  smile. A shaky voice suggests hidden fear. 她的声音颤抖";

/** A model that answers both questions. */
const scripted = (visual: string[], audio: string[], emotion: string[]) =>
  scriptedChat(({ schema }) =>
    schema!.name === "emotion_cues"
      ? JSON.stringify({ emotion_cues: emotion })
      : JSON.stringify({ visual_cues: visual, audio_cues: audio }),
  );

describe("a model that decomposes by the printed rules", () => {
  it("is asked for two lists, and for emotion cues by a question of its own", async () => {
    const model = scripted(
      ["does not smile", "Brows are raised", "brows are raised"],
      ["shaky voice"],
      ["suggests hidden fear"],
    );
    const { cues, extractor } = await printedDecomposer(model, limits).decompose(text);
    expect(
      cues.map(({ modality, positive, span }) => [
        modality,
        positive,
        text.slice(span.start, span.end),
      ]),
    ).toEqual([
      ["visual", false, "does not  smile"],
      ["visual", true, "brows are raised"],
      ["acoustic", true, "shaky voice"],
      ["emotion", true, "suggests hidden fear"],
    ]);
    expect(model.requests.map(({ schema }) => schema!.name).sort()).toEqual([
      "emotion_cues",
      "perceived_cues",
    ]);
    expect(extractor).toMatch(/^scripted\+printed-[0-9a-f]{8}$/);
    expect(extractor).not.toBe(modelDecomposer(model, limits).id);
  });

  it("may find nothing", async () => {
    const { cues } = await printedDecomposer(scripted([], [], []), limits).decompose(text);
    expect(cues).toEqual([]);
  });

  it.each([
    ["one word", "raised", /"raised" has 1 word, not 2 to 6/],
    ["seven words", "brows are raised and she does not", /has 7 words, not 2 to 6/],
    ["words that do not stand there", "tears falling", /"tears falling" does not stand/],
  ])("is told about %s and asked again, with a bound", async (_name, bad, complaint) => {
    const model = scripted([bad], [], []);
    await expect(printedDecomposer(model, limits).decompose(text)).rejects.toMatchObject({
      code: "MODEL_ANSWER",
      message: expect.stringMatching(complaint),
    });
    expect(model.requests.filter(({ schema }) => schema!.name === "perceived_cues")).toHaveLength(
      limits.tries,
    );
  });

  it("counts words of scripts without spaces", async () => {
    const { cues } = await printedDecomposer(scripted([], ["声音颤抖"], []), limits).decompose(
      text,
    );
    expect(cues).toMatchObject([{ modality: "acoustic", text: "声音颤抖" }]);
    const whole = printedDecomposer(scripted([], ["颤"], []), limits).decompose(text);
    await expect(whole).rejects.toThrow(/not 2 to 6/);
  });

  it("is an option of the decomposer; ours without it", () => {
    const model = { kind: "model", baseUrl: "http://localhost:1/v1", model: "m" };
    expect(decomposerOptions.parse(model)).toMatchObject({ extraction: "ours" });
    expect(decomposerOptions.safeParse({ ...model, extraction: "paper" }).success).toBe(false);
  });
});
