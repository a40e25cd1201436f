import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../core/rng.ts";
import type { Prompt, Stream } from "../../prompt/prompt.ts";
import type { Datum } from "../port.ts";
import {
  chunkRows,
  chunkToScore,
  computedCount,
  groupByPrompt,
  neededTokens,
  wholeCount,
} from "./batch.ts";

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

describe("chunkToScore", () => {
  const pool = Array.from({ length: 5 }, (_, index) => prompt(`${index}`, [index]));
  const limits = { maxTokens: 30, maxTextTokens: 1 };
  const row = fc.record({
    prompt: fc.integer({ min: 0, max: 4 }),
    length: fc.integer({ min: 1, max: 30 }),
    read: fc.option(fc.uniqueArray(fc.nat(29), { maxLength: 8 })),
    whole: fc.option(fc.uniqueArray(fc.nat(29), { maxLength: 4 }), { freq: 1 }),
  });
  const datum = ({
    prompt: at,
    length,
    read,
    whole,
  }: typeof row extends fc.Arbitrary<infer T> ? T : never) => {
    const within = (positions: number[]) =>
      positions.filter((token) => token < length).sort((a, b) => a - b);
    return {
      prompt: pool[at]!,
      tokens: new Int32Array(length),
      ...(read && { read: within(read) }),
      ...(whole && { whole: within(whole) }),
    };
  };

  it("places every completion that is read once, beside its prompt, in a bucket that holds it", () => {
    fc.assert(
      fc.property(fc.array(row.map(datum), { minLength: 1, maxLength: 150 }), (batch) => {
        const placed = chunkToScore(batch, limits).flatMap(({ bucket, groups }) => {
          expect(groups.length).toBeLessThanOrEqual(bucket.prompts);
          expect(bucket.prompts * bucket.group).toBeLessThanOrEqual(chunkRows);
          const members = groups.flatMap((group) => {
            expect(group.members.length).toBeLessThanOrEqual(bucket.group);
            for (const index of group.members) {
              expect(batch[index]!.prompt).toBe(group.prompt);
              expect(neededTokens(batch[index]!)).toBeLessThanOrEqual(bucket.tokens);
              expect(bucket.text).toBe(1);
            }
            return group.members;
          });
          const sum = (of: (one: Datum) => number) =>
            members.reduce((total, index) => total + of(batch[index]!), 0);
          // rows and slots both have a blank
          expect(bucket.rows).toBeGreaterThan(sum(neededTokens));
          expect(bucket.prompts * bucket.group * bucket.tokens).toBeGreaterThanOrEqual(bucket.rows);
          if (bucket.reads) {
            const { rows, width } = bucket.reads;
            expect(rows).toBeGreaterThan(sum(computedCount));
            expect(bucket.prompts * bucket.group * width).toBeGreaterThanOrEqual(rows);
            for (const index of members)
              expect(computedCount(batch[index]!)).toBeLessThanOrEqual(width);
          }
          const whole = sum(wholeCount);
          if (whole > 0) expect(bucket.whole!.rows).toBeGreaterThan(whole);
          expect(bucket.whole?.rows ?? 0).toBeLessThanOrEqual(bucket.reads?.rows ?? bucket.rows);
          return members;
        });
        const asked = [...batch.keys()].filter((index) => computedCount(batch[index]!) > 0);
        expect(placed.sort((a, b) => a - b)).toEqual(asked);
      }),
      { numRuns: 60 },
    );
  });

  it("deals a rollout batch into two like halves of one program, without rows for what is not there", () => {
    const prompts = Array.from({ length: 8 }, (_, index) => prompt(`${index}`));
    const batch = prompts.flatMap((one, at) =>
      Array.from({ length: 8 }, () => ({ prompt: one, tokens: new Int32Array(15 + 2 * at) })),
    );
    const chunks = chunkToScore(batch, { maxTokens: 64, maxTextTokens: 0 });
    expect(chunks.map(({ groups }) => groups.map((group) => group.prompt.id))).toEqual([
      ["0", "3", "4", "7"],
      ["1", "2", "5", "6"],
    ]);
    // 704 tokens each in 32 × 32 slots: 6 eighths
    const bucket = { prompts: 4, group: 8, tokens: 32, text: 0, rows: 768 };
    expect(chunks.map((chunk) => chunk.bucket)).toEqual([bucket, bucket]);
  });

  it("leaves a small batch whole", () => {
    const batch = [0, 1, 2].map((at) => ({
      prompt: prompt(`${at}`),
      tokens: new Int32Array(9),
    }));
    expect(chunkToScore(batch, limits)).toHaveLength(1);
  });

  it("leaves out what follows the last token read, and reads alone where few are", () => {
    const one = prompt("a");
    const batch = Array.from({ length: 8 }, () => ({
      prompt: one,
      tokens: new Int32Array(30),
      read: [2, 11],
    }));
    const [chunk] = chunkToScore(batch, limits);
    // 96 tokens in 8 × 16 slots; 16 reads in 8 × 16
    expect(chunk!.bucket).toMatchObject({ tokens: 16, rows: 112, reads: { width: 16, rows: 32 } });
  });

  it("meets few programs where whole rows are wanted of masked passes, whatever the evidence", () => {
    const rng = new Rng("evidence");
    const programs = new Set<string>();
    for (let step = 0; step < 100; step++) {
      // 8 clips × 2 streams × 8 rollouts; four in ten have evidence, a clause of 3 to 9 tokens
      const masked = Array.from({ length: 16 }, (_, at) => prompt(`${at}`)).flatMap((one) =>
        Array.from({ length: 8 }, (): Datum => {
          const begin = rng.int(24);
          const whole = Array.from({ length: 3 + rng.int(7) }, (_, token) => begin + token);
          const none = { prompt: one, tokens: new Int32Array(35), read: [] };
          return rng.bool(0.4) ? { ...none, whole } : none;
        }),
      );
      const chunks = chunkToScore(masked, { maxTokens: 64, maxTextTokens: 0 });
      expect(chunks).toHaveLength(2);
      for (const { bucket } of chunks) {
        // every row computed is whole
        expect(bucket.whole!.rows).toBe(bucket.reads!.rows);
        programs.add(JSON.stringify(bucket));
      }
    }
    expect(programs.size).toBeLessThanOrEqual(4);
  });
});
