import { afterAll, describe, expect, it } from "vitest";
import { extractClaims } from "../../cues/claims.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { compareItem } from "../../rewards/compare-item.ts";
import { rewardOptions } from "../../rewards/options.ts";
import { readItem } from "../../rewards/phrases.ts";
import { staying } from "../work/caller.ts";
import { createParser, parserDefaults } from "./parser.ts";

const parser = createParser({ ...parserDefaults, workers: 1 });
afterAll(() => parser.close());

const long = "in the video, a smile, in the audio, a loud voice, ".repeat(640);
const short = long.slice(0, 200);

describe("a parser", () => {
  it("reads short texts here and long ones elsewhere, with the same outcome", async () => {
    expect(parser.claims(short, 3, staying)).toEqual(extractClaims(short, 3));
    const claims = parser.claims(long, 3, staying);
    expect(claims).toBeInstanceOf(Promise);
    expect(await claims).toEqual(extractClaims(long, 3));
    expect(await parser.decompose(long)).toEqual(decomposeReference(long));
    const cues = [{ modality: "visual" as const, text: `no ${long}` }];
    expect((await parser.given(cues)).cues[0]).toMatchObject({ ...cues[0], positive: false });
    const item = {
      response: `<think>${long}</think>`,
      reference: decomposeReference(short),
      labels: [],
    };
    expect(await parser.read(item)).toEqual(readItem(item));
  });

  it("compares many pairs elsewhere, with the same outcome", async () => {
    const phrases = Array.from({ length: 200 }, (_, i) => `he sits x${i}`);
    const reference = {
      cues: phrases.map((text) => ({
        modality: "visual" as const,
        text,
        positive: true,
        span: { start: 0, end: 0 },
      })),
      extractor: "x",
    };
    const response = `<think>In the video, ${phrases.join(", ")}.</think><answer>joy</answer>`;
    const item = readItem({ response, reference, labels: ["joy"] });
    const texts = new Set(
      [...item.claimPhrases, ...item.cuePhrases].map(({ embedded }) => embedded),
    );
    for (const phrase of phrases) texts.add(phrase);
    const vectors = new Map(
      [...texts].map((text, i) => [text, Float32Array.from([Math.cos(i), Math.sin(i)])] as const),
    );
    const { perception } = rewardOptions.parse({});
    for (const delta of [null, 0.5]) {
      const comparison = { item, vectors, calibration: { low: 0.3, high: 0.8 }, perception, delta };
      const compared = parser.compare(comparison);
      expect(compared).toBeInstanceOf(Promise);
      expect(await compared).toEqual(compareItem(comparison));
    }
  });

  it("lets others have their turn while a long text is read", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await parser.claims(long, 0, staying);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(2);
  });

  it("stops reading for a caller that has gone", async () => {
    const caller = new AbortController();
    const claims = parser.claims(long, 0, caller.signal);
    caller.abort(new Error("gone"));
    await expect(claims).rejects.toThrow("gone");
  });

  it("gives up a text that takes too long, in words", async () => {
    const hasty = createParser({ ...parserDefaults, workers: 1, limitSec: 0.001 });
    await expect(hasty.claims(long, 0, staying)).rejects.toMatchObject({
      status: 413,
      code: "TEXT_BUDGET",
    });
    await hasty.close();
  });
});
