import { describe, expect, it } from "vitest";
import { ruleExtractor } from "../reference/extractors.ts";
import { decodeMepItems, encodeMepItems } from "../reference/items.ts";
import { lexicalEmbedder } from "../reference/lexical-embedder.ts";
import { readProbePrompt } from "../reference/prompts.ts";
import { fakeItems, fakeRows, fakeSource } from "../reference/rows.fake.ts";
import { buildPaperItems } from "./build.ts";
import { ruleDecomposer } from "./chat-decomposer.ts";
import { defaultPaperOptions, type PaperItemOptions, paperVersion } from "./items.ts";
import { paperProbePrompt } from "./prompts.ts";
import { paperQuestions } from "./questions.ts";

const decomposer = ruleDecomposer(ruleExtractor);
const tools = { decomposer, embedder: lexicalEmbedder };
const build = (more: Partial<PaperItemOptions> = {}, rows = fakeRows) =>
  buildPaperItems(rows, fakeSource, tools, { ...defaultPaperOptions, ...more });

describe("items of the paper's track", () => {
  it("are the same bytes whatever the rows' order, and others by another seed", async () => {
    const one = encodeMepItems(await build());
    expect(encodeMepItems(await build({}, [...fakeRows].reverse()))).toBe(one);
    expect(encodeMepItems(await build({ seed: "2" }))).not.toBe(one);
    expect(decodeMepItems(one, "i.json", paperVersion).version).toBe(paperVersion);
  });

  it("probe samples whose streams agree alone, where the source knows", async () => {
    const items = await build();
    const probed = items.samples.filter(({ probes }) => probes.length > 0);
    expect(items.congruentKnown).toBe(true);
    expect(probed.every(({ congruent }) => congruent === true)).toBe(true);
    const unknown = await build(
      {},
      fakeRows.map(({ congruent: _, ...row }) => row),
    );
    expect(unknown.congruentKnown).toBe(false);
    expect(unknown.samples.filter(({ probes }) => probes.length > 0).length).toBeGreaterThan(2);
  });

  it("hold at most so many probes of each modality, and so many samples", async () => {
    const items = await build({ probesEach: 1, samples: 3 });
    const present = items.samples.flatMap(({ probes }) =>
      probes.filter(({ kind }) => kind === "present"),
    );
    expect(present.map(({ modality }) => modality).sort()).toEqual(["acoustic", "visual"]);
    expect(items.samples).toHaveLength(3);
    expect(items.samples.length + items.left.length + items.unread).toBe(fakeRows.length);
  });

  it("name a row whose cues could not be read, and refuse a set that no probe can be made of", async () => {
    const broken = {
      ...decomposer,
      read: (text: string) =>
        text.includes("fists") ? Promise.resolve({ code: "TIMEOUT" }) : decomposer.read(text),
    };
    const items = await buildPaperItems(fakeRows, fakeSource, { ...tools, decomposer: broken });
    expect(items.left).toEqual([{ id: "s3", reason: "its cues could not be read (TIMEOUT)" }]);
    const conflict = fakeRows.map((row) => ({ ...row, congruent: false }));
    await expect(build({}, conflict)).rejects.toMatchObject({ code: "MEP_PAPER_PROBES" });
  });

  it("say how many phrases of the decomposer broke its rules, where some did", async () => {
    const strict = {
      ...decomposer,
      read: async (text: string) => ({ ...(await decomposer.read(text)), leftOut: 1 }),
    };
    const items = await buildPaperItems(fakeRows, fakeSource, { ...tools, decomposer: strict });
    expect(items.phrasesLeft).toBe(fakeRows.length - items.unread);
    expect(await build()).not.toHaveProperty("phrasesLeft");
  });

  it("are told from those of the other track", async () => {
    const other = encodeMepItems(await fakeItems());
    expect(() => decodeMepItems(other, "i.json", paperVersion)).toThrow("items of version 'mep-");
    const own = encodeMepItems(await build());
    expect(() => decodeMepItems(own, "i.json")).toThrow(`items of version '${paperVersion}'`);
  });
});

it("asks in the printed words, with the stream masked and intact, ten tokens long", async () => {
  expect(paperProbePrompt("visual", "a broad smile.")).toBe(
    "Does the video show a broad smile? Answer yes or no.",
  );
  expect(paperProbePrompt("acoustic", "a loud voice", "Ha!")).toBe(
    'Subtitle: "Ha!"\nDoes the audio contain a loud voice? Answer yes or no.',
  );
  for (const modality of ["visual", "acoustic"] as const) {
    const prompt = paperProbePrompt(modality, "a raised tone", "Ha? Answer yes or no.");
    // Systems that read no English find the cue in it.
    expect(readProbePrompt(prompt)).toEqual({ modality, cue: "a raised tone" });
  }
  const items = await build();
  const questions = paperQuestions(items);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
  expect(questions.filter(({ task }) => task.kind === "describe")).toHaveLength(4);
  const probes = questions.filter(({ task }) => task.kind === "probe");
  expect(probes.every(({ maxTokens }) => maxTokens === 10)).toBe(true);
  const masked = probes.filter(({ task }) => task.kind === "probe" && task.masked);
  expect(masked.every(({ input }) => [input.video, input.audio].includes("blank"))).toBe(true);
  for (const { id, prompt } of masked) {
    const twin = probes.find((one) => one.id === id.replace("masked/blank", "intact"))!;
    expect(twin).toMatchObject({ prompt, input: { video: "own", audio: "own" } });
  }
});
