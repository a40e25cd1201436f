import { describe, expect, it } from "vitest";
import { rlOptions } from "./options.ts";
import { collectGroups, hasVariance } from "./rollout.ts";
import { fakeRun, type Script, says } from "./run.fake.ts";

/** Samples of a group agree, but for one clip, where only the second is right. */
const oneInformative =
  (informative: string): Script =>
  (clip, sample) =>
    says(clip === informative && sample === 0 ? "anger" : "joy");

const options = (tries: number, enabled = true) =>
  rlOptions.parse({ prompts: 3, group: 2, dynamicSampling: { enabled, tries } });

describe("collecting groups", () => {
  it("gives every rollout the score of its own text against its own clip", async () => {
    const script: Script = (clip, sample) =>
      says(["joy", "fear", "anger"][(Number(clip.at(-1)) + sample) % 3]!);
    const groups = await collectGroups(fakeRun(script).run, 0);
    expect(groups).toHaveLength(3);
    for (const [index, group] of groups.entries()) {
      group.forEach(({ example, text, scored }, sample) => {
        expect(example).toBe(groups[index]![0]!.example);
        expect(text).toBe(script(example.id, sample, ""));
        expect(scored.parsed.answer!.text).toBe(/<answer>(.*)<\/answer>/.exec(text)![1]);
        expect(scored.reward).toBe(scored.parsed.answer!.text === example.labels[0] ? 1 : 0);
      });
    }
  });

  it("gives each token its characters and leaves the end token out of the text", async () => {
    const { run } = fakeRun(() => says("joy"));
    const [group] = await collectGroups(run, 0);
    const { text, offsets } = group![0]!;
    expect(offsets.map(({ start, end }) => text.slice(start, end)).join("")).toBe(says("joy"));
    expect(offsets.at(-1)).toEqual({ start: text.length, end: text.length });
  });

  it("takes other clips in the next step, and the same ones in the same step again", async () => {
    const clips = async (step: number) => {
      const { run, policy } = fakeRun(() => says("joy"));
      await collectGroups(run, step);
      return policy.sampled[0]!.clips;
    };
    const [first, second] = [await clips(0), await clips(1)];
    expect(new Set([...first, ...second]).size).toBe(6);
    expect(await clips(1)).toEqual(second);
  });

  it("without dynamic sampling samples once and keeps groups whose rewards are alike", async () => {
    const { run, policy } = fakeRun(() => says("joy"), { options: options(5, false) });
    const groups = await collectGroups(run, 0);
    expect(policy.sampled).toHaveLength(1);
    expect(groups.map(hasVariance)).toEqual([false, false, false]);
  });

  it("dynamic sampling stops asking when the step is full", async () => {
    const differing: Script = (_clip, sample) => says(["joy", "fear"][sample]!);
    const { run, policy } = fakeRun(differing, { options: options(5) });
    run.examples = run.examples.filter(({ labels }) => labels[0] !== "anger");
    const groups = await collectGroups(run, 0);
    expect(policy.sampled).toHaveLength(1);
    expect(groups.map(hasVariance)).toEqual([true, true, true]);
  });

  it("dynamic sampling puts informative groups first and fills up with the others", async () => {
    const { run, policy } = fakeRun(oneInformative("clip-2"), { options: options(3) });
    const groups = await collectGroups(run, 0);
    expect(policy.sampled).toHaveLength(3);
    expect(new Set(policy.sampled.map(({ seed }) => seed)).size).toBe(3);
    expect(new Set(policy.sampled.map(({ clips }) => clips.join())).size).toBe(3);
    expect(policy.sampled[0]!.clips).not.toContain("clip-2");
    expect(groups.map(hasVariance)).toEqual([true, false, false]);
    expect(groups[0]![0]!.example.id).toBe("clip-2");
  });

  it("fewer clips than a step needs are refused with the number that fits", async () => {
    const { run } = fakeRun(() => says("joy"));
    const few = { ...run, examples: run.examples.slice(0, 2) };
    await expect(collectGroups(few, 0)).rejects.toThrow(
      /^2 training clips do not fill a step of 3 clips \(set rl.prompts to 2 or less, bring more/,
    );
  });
});
