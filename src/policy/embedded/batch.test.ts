import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Prompt, Stream } from "../../prompt/prompt.ts";
import { chunkByPrompt, chunkRows, groupByPrompt } from "./batch.ts";

const stream = (): Stream => ({
  features: new Float32Array(2),
  tokens: 1,
  dim: 2,
  attended: true,
});
const prompt = (id: string, text: number[] = []): Prompt => ({
  id,
  video: stream(),
  audio: stream(),
  text,
});

describe("groupByPrompt", () => {
  it("joins prompts of the same features, whatever object holds them", () => {
    const a = prompt("a");
    const b = prompt("b");
    const groups = groupByPrompt([a, b, { ...a }, b]);
    expect(groups.map((group) => group.members)).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it("keeps apart what differs in masking, features or text", () => {
    const a = prompt("a");
    const others: Prompt[] = [
      { ...a, video: { ...a.video, attended: false } },
      { ...a, audio: { ...a.audio, attended: false } },
      { ...a, video: prompt("a").video },
      { ...a, text: [1] },
      { ...a, video: a.audio, audio: a.video },
    ];
    expect(groupByPrompt([a, ...others])).toHaveLength(6);
  });
});

describe("chunkByPrompt", () => {
  const pool = Array.from({ length: 5 }, (_, index) => prompt(`${index}`, [index]));
  const row = fc.record({
    prompt: fc.integer({ min: 0, max: 4 }),
    length: fc.integer({ min: 1, max: 30 }),
  });

  it("places every completion once, beside its prompt, in a bucket that holds it", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 150 }), (rows) => {
        const prompts = rows.map((one) => pool[one.prompt]!);
        const lengths = rows.map((one) => one.length);
        const chunks = chunkByPrompt(prompts, lengths, { maxTokens: 30, maxTextTokens: 1 });
        const placed = chunks.flatMap(({ bucket, groups }) => {
          expect(groups.length).toBeLessThanOrEqual(bucket.prompts);
          expect(bucket.prompts * bucket.group).toBeLessThanOrEqual(chunkRows);
          expect(bucket.tokens).toBeLessThanOrEqual(30);
          return groups.flatMap((group) => {
            expect(group.members.length).toBeLessThanOrEqual(bucket.group);
            for (const index of group.members) {
              expect(prompts[index]).toBe(group.prompt);
              expect(lengths[index]).toBeLessThanOrEqual(bucket.tokens);
              expect(bucket.text).toBe(1);
            }
            return group.members;
          });
        });
        expect(placed.sort((a, b) => a - b)).toEqual(rows.map((_, index) => index));
      }),
      { numRuns: 60 },
    );
  });

  it("gives a rollout batch one chunk: prompts × samples", () => {
    const prompts = Array.from({ length: 8 }, (_, index) => prompt(`${index}`));
    const rows = prompts.flatMap((one) => Array<Prompt>(8).fill(one));
    const chunks = chunkByPrompt(rows, Array<number>(64).fill(29), {
      maxTokens: 64,
      maxTextTokens: 0,
    });
    expect(chunks.map(({ bucket }) => bucket)).toEqual([
      { prompts: 8, group: 8, tokens: 32, text: 0 },
    ]);
  });
});
