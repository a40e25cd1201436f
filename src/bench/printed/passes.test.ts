import { describe, expect, it } from "vitest";
import type { Policy } from "../../policy/port.ts";
import type { Prompt, Stream } from "../../prompt/prompt.ts";
import { type PassOptions, type ReadText, readPasses } from "./passes.ts";

const log = (...chances: number[]) => chances.map(Math.log);
/** KL of two coins, nats. */
const coin = (p: number, q: number) => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

/**
 * Says token 1 with a chance that depends on what it can see: `seen` where both streams are whole,
 * else that of the hidden one. A stream of ones is whole.
 */
function seer(chances: { seen: number; video: number; audio: number }): Policy {
  const chanceOf = ({ video, audio }: Prompt) => {
    const whole = ({ features }: Stream) => features.every((each) => each === 1);
    if (!whole(video)) return chances.video;
    return whole(audio) ? chances.seen : chances.audio;
  };
  const refuse = () => Promise.reject(new Error("not asked for"));
  return {
    id: "seer",
    capabilities: { wholeVocabulary: true },
    logprobs: refuse,
    distributions: async (batch) =>
      batch.map(({ prompt, tokens, whole = [] }) => {
        const chance = chanceOf(prompt);
        return {
          logprobs: Float32Array.from(tokens, (token) =>
            Math.log(token === 1 ? chance : 1 - chance),
          ),
          rows: Float32Array.from(whole.flatMap(() => log(1 - chance, chance))),
        };
      }),
    sample: refuse,
    backward: refuse,
    step: refuse,
    save: refuse,
    load: refuse,
    close: async () => {},
  };
}

const stream: Stream = {
  features: new Float32Array(64).fill(1),
  tokens: 8,
  dim: 8,
  attended: true,
};
const text: ReadText = {
  id: "a",
  prompt: { id: "a", text: [], video: stream, audio: stream },
  tokens: Int32Array.from([0, 1, 1, 1]),
  evidence: { visual: [1], acoustic: [2, 3] },
};
const options: PassOptions = {
  mask: { ratio: 0.7, unit: "element" },
  blank: { video: new Float32Array(8), audio: new Float32Array(8) },
  seed: "test",
  chunk: 1,
};

describe("passes of two policies", () => {
  const before = seer({ seen: 0.5, video: 0.5, audio: 0.5 });
  const after = seer({ seen: 0.8, video: 0.4, audio: 0.2 });

  it("give likelihoods of all tokens and of evidence with its own stream hidden", async () => {
    const [sums] = await readPasses({ before, after }, [text], options);
    const near = (name: string, sum: number, tokens: number) => {
      expect(sums![name]![0], name).toBeCloseTo(sum, 5);
      expect(sums![name]![1], name).toBe(tokens);
    };
    near("nll/full/before", 4 * Math.LN2, 4);
    near("nll/full/after", -(Math.log(0.2) + 3 * Math.log(0.8)), 4);
    near("evidence/full/after", -3 * Math.log(0.8), 3);
    for (const hiding of ["ratio", "blank"]) {
      near(`evidence/${hiding}/before`, 3 * Math.LN2, 3);
      near(`evidence/${hiding}/after`, -(Math.log(0.4) + 2 * Math.log(0.2)), 3);
      const video = Math.log(0.6) + 3 * Math.log(0.4);
      const audio = Math.log(0.8) + 3 * Math.log(0.2);
      near(`nll/${hiding}/after`, -(video + audio), 8);
    }
  });

  it("give the divergence at evidence, and whose change it was", async () => {
    const [sums] = await readPasses({ before, after }, [text], options);
    const [kl, tokens] = sums!["kl/blank/after"]!;
    expect(tokens).toBe(3);
    expect(kl).toBeCloseTo(coin(0.8, 0.4) + 2 * coin(0.8, 0.2), 5);
    expect(sums!["kl/blank/before"]![0]).toBeCloseTo(0, 6);
    const shared = sums!["kl/blank/by-full"]![0] + sums!["kl/blank/by-masked"]![0];
    expect(shared).toBeCloseTo(kl, 5);
  });

  it("count nothing of a text without evidence", async () => {
    const bare = { ...text, evidence: { visual: [], acoustic: [] } };
    const [sums] = await readPasses({ before, after }, [bare], options);
    expect(sums!["kl/ratio/after"]).toEqual([0, 0]);
    expect(sums!["nll/full/before"]![1]).toBe(4);
  });

  it("do not depend on how texts are dealt to calls, and masks not on the policy", async () => {
    const texts = [text, { ...text, id: "b" }, { ...text, id: "c" }];
    const one = await readPasses({ before, after }, texts, options);
    const all = await readPasses({ before, after }, texts, { ...options, chunk: 3 });
    expect(all).toEqual(one);
  });

  it("need the whole vocabulary, and say so", async () => {
    const blind = { ...after, capabilities: { wholeVocabulary: false } };
    await expect(readPasses({ before, after: blind }, [text], options)).rejects.toThrow(
      /seer knows sampled tokens only \(read passes with an engine/,
    );
  });
});
