import { describe, expect, it } from "vitest";
import type { Policy } from "../../policy/port.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { type GapText, readGaps, splitDivergence } from "./gap.ts";

const log = (...chances: number[]) => chances.map(Math.log);
const kl = (p: number[], q: number[]) => p.reduce((sum, a, v) => sum + a * Math.log(a / q[v]!), 0);

describe("a divergence from a masked pass", () => {
  const [a, b, q] = [
    [0.7, 0.2, 0.1],
    [0.1, 0.3, 0.6],
    [0.2, 0.2, 0.6],
  ];
  const centre = [0.4, 0.25, 0.35];

  it("is information and gap, which add up", () => {
    const [split] = splitDivergence([log(...a!), log(...b!)], log(...q!), 3);
    expect(split!.information).toBeCloseTo((kl(a!, centre) + kl(b!, centre)) / 2, 12);
    expect(split!.gap).toBeCloseTo(kl(centre, q!), 12);
    expect(split!.divergence).toBeCloseTo((kl(a!, q!) + kl(b!, q!)) / 2, 12);
    expect(split!.information + split!.gap).toBeCloseTo(split!.divergence, 12);
  });

  it("has no gap where the masked pass says the mean of what it hides", () => {
    const [split] = splitDivergence([log(...a!), log(...b!)], log(...centre), 3);
    expect(split!.gap).toBeCloseTo(0, 12);
  });

  it("is gap alone where the stream doesn't matter", () => {
    const [split] = splitDivergence([log(...a!), log(...a!)], log(...q!), 3);
    expect(split!.information).toBeCloseTo(0, 12);
    expect(split!.gap).toBeCloseTo(kl(a!, q!), 12);
  });

  it("is taken position by position", () => {
    const shown = [
      [...log(...a!), ...log(...q!)],
      [...log(...b!), ...log(...q!)],
    ];
    const both = splitDivergence(shown, [...log(...q!), ...log(...q!)], 3);
    expect(both.map(({ divergence }) => divergence > 0.01)).toEqual([true, false]);
    expect(splitDivergence([], [], 0)).toEqual([]);
  });
});

describe("the gaps of a policy", () => {
  const prompt = (id: string) => ({ id }) as Prompt;
  const chance: Record<string, number> = { a: 0.8, b: 0.2, blank: 0.25 };
  const policy = {
    id: "table",
    distributions: async (batch) =>
      batch.map(({ prompt: { id }, whole = [] }) => ({
        logprobs: new Float32Array(0),
        rows: Float32Array.from(whole.flatMap(() => log(chance[id]!, 1 - chance[id]!))),
      })),
  } as Partial<Policy> as Policy;
  const text: GapText = {
    id: "clip",
    tokens: Int32Array.from([0, 1, 1]),
    evidence: { visual: [1], acoustic: [] },
    shown: { visual: [prompt("a"), prompt("b")], acoustic: [prompt("a"), prompt("a")] },
    hidden: { visual: prompt("blank"), acoustic: prompt("blank") },
  };

  it("are summed over the evidence of both streams, each with its own hidden", async () => {
    const [sums] = await readGaps(policy, [text], 1);
    expect(sums!.gap[0]).toBeCloseTo(kl([0.5, 0.5], [0.25, 0.75]), 5);
    expect(sums!.gap[1]).toBe(1);
    const two = { ...text, evidence: { visual: [1], acoustic: [0, 2] } };
    const [more] = await readGaps(policy, [two], 1);
    expect(more!.gap[1]).toBe(3);
    expect(more!.information[0]).toBeCloseTo(kl([0.8, 0.2], [0.5, 0.5]), 5);
  });

  it("are an error where they are no numbers, not a dash in a table", async () => {
    const broken = { ...text, hidden: { ...text.hidden, visual: prompt("nothing known") } };
    await expect(readGaps(policy, [broken], 1)).rejects.toThrow(
      /text 'clip': divergence is NaN \(.*weights may have overflowed/,
    );
  });

  it("don't depend on how texts are dealt to calls", async () => {
    const texts = [text, { ...text, evidence: { visual: [], acoustic: [2] } }, text];
    expect(await readGaps(policy, texts, 2)).toEqual(await readGaps(policy, texts, 1));
  });
});
