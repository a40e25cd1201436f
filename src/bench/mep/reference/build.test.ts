import { describe, expect, it } from "vitest";
import { buildMepItems, defaultItemOptions } from "./build.ts";
import { ruleExtractor, sectionExtractor } from "./extractors.ts";
import { decodeMepItems, encodeMepItems } from "./items.ts";
import { lexicalEmbedder } from "./lexical-embedder.ts";
import { fakeItems, fakeRows, fakeSource } from "./rows.fake.ts";
import { cosine, embedCues } from "./vectors.ts";

describe("MEP items", () => {
  it("are the same bytes whenever they are built, in whatever order the rows come", async () => {
    const items = await fakeItems();
    expect(encodeMepItems(await fakeItems())).toBe(encodeMepItems(items));
    expect(encodeMepItems(await fakeItems(fakeRows.toReversed()))).toBe(encodeMepItems(items));
  });

  it("ask about own cues, and about cues of others that resemble none of the own", async () => {
    const items = await fakeItems();
    const vectors = await embedCues(
      items.samples.flatMap(({ cues }) => [...cues.visual, ...cues.acoustic]),
      lexicalEmbedder,
    );
    let absent = 0;
    for (const sample of items.samples) {
      for (const probe of sample.probes) {
        const own = sample.cues[probe.modality].map(({ text }) => text);
        if (probe.kind === "present") expect(own).toContain(probe.cue);
        else {
          absent++;
          const giver = items.samples.find(({ id }) => id === probe.from)!;
          expect(giver.id).not.toBe(sample.id);
          expect(giver.cues[probe.modality].map(({ text }) => text)).toContain(probe.cue);
          for (const text of own) {
            expect(cosine(text, probe.cue, vectors)).toBeLessThan(defaultItemOptions.absentBelow);
          }
        }
      }
    }
    expect(absent).toBeGreaterThan(8);
  });

  it("swap in streams that show none of the probed cues, where another sample has such", async () => {
    const twin = { ...fakeRows[0]!, id: "twin" };
    const items = await fakeItems([...fakeRows, twin, { ...twin, id: "triplet" }]);
    const first = items.samples.find(({ id }) => id === "s1")!;
    expect(["s2", "s3", "s4"]).toContain(first.donors.visual);
    expect(["s2", "s3", "s4"]).toContain(first.donors.acoustic);
  });

  it("never probe a denied cue, and ask nothing about a modality the reference is silent on", async () => {
    const rows = [
      { id: "a", text: "In the video, there is no smile, his brows are lowered." },
      ...fakeRows,
    ];
    const [first] = (await fakeItems(rows)).samples;
    expect(first!.cues.visual.some(({ positive }) => !positive)).toBe(true);
    const asked = first!.probes.filter(({ kind }) => kind === "present").map(({ cue }) => cue);
    expect(asked.some((cue) => cue.includes("no smile"))).toBe(false);
    expect(first!.probes.filter(({ modality }) => modality === "acoustic")).toEqual([]);
  });

  it("change with the seed, and say which rows they left out", async () => {
    const rows = [...fakeRows, { id: "z", text: "He is simply happy." }];
    const tools = { extractor: ruleExtractor, embedder: lexicalEmbedder };
    const build = (seed: string) =>
      buildMepItems(rows, fakeSource, tools, { ...defaultItemOptions, seed });
    const items = await build("one");
    expect(items.left).toEqual([{ id: "z", reason: "no visual and no acoustic cue" }]);
    expect(encodeMepItems(await build("two"))).not.toBe(encodeMepItems(items));
  });

  it("take cues made elsewhere as they are", async () => {
    const given = (text: string) => [{ text, positive: true }];
    const rows = ["soft light", "hard rain"].map((text, index) => ({
      id: String(index),
      text: "",
      cues: { visual: given(text), acoustic: [] },
    }));
    const items = await fakeItems(rows);
    expect(items.samples.map(({ cues }) => cues.visual[0]!.text)).toEqual([
      "soft light",
      "hard rain",
    ]);
  });

  it("are refused when edited, of another version, empty or ambiguous", async () => {
    const text = encodeMepItems(await fakeItems());
    expect(decodeMepItems(text, "i.json").samples).toHaveLength(4);
    expect(() => decodeMepItems(text.replace("s1.mp4", "s9.mp4"), "i.json")).toThrow("hash");
    expect(() => decodeMepItems("{", "i.json")).toThrow("i.json: item file is not JSON");
    expect(() => decodeMepItems("{}", "i.json")).toThrow("no MEP-Bench items");
    await expect(fakeItems(fakeRows.slice(0, 1))).rejects.toThrow("two are the least");
    await expect(fakeItems([...fakeRows, fakeRows[0]!])).rejects.toThrow("two rows are called");
  });
});

it("the section extractor reads what stands under an announced section, and nothing else", () => {
  const cues = sectionExtractor.extract(
    "He waits. In the video, he smiles broadly and his brows are not raised. In the audio, loud laughter, fast speech. Based on the loud laughter, he is happy.",
  );
  expect(cues).toEqual({
    visual: [
      { text: "he smiles broadly", positive: true },
      { text: "his brows are not raised", positive: false },
    ],
    acoustic: [
      { text: "loud laughter", positive: true },
      { text: "fast speech", positive: true },
    ],
    emotion: [],
  });
});
