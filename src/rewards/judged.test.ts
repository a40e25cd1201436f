import { describe, expect, it } from "vitest";
import { decomposeReference } from "../cues/decompose.ts";
import type { CueJudge, Embedder } from "../similarity/port.ts";
import { rewardOptions } from "./options.ts";
import { createScorer } from "./scorer.ts";

const reference = decomposeReference(
  "In the video, raised brows and a broad smile. In the audio, a loud voice. It is joy.",
);
const response =
  "<think>In the video, no broad smile and brows that are raised. In the audio, a trembling voice.</think><answer>joy</answer>";
const silent: Embedder = {
  id: "none",
  embed: () => Promise.reject(new Error("the embedder was asked")),
};

function score(judge: CueJudge) {
  const options = rewardOptions.parse({});
  const scorer = createScorer({
    embedder: silent,
    calibration: { low: 0, high: 1 },
    options,
    judge,
  });
  return scorer.score([{ response, reference, labels: ["joy"] }]);
}

describe("a judge in place of the embedder", () => {
  it("decides which cues are recovered, save against a contradiction", async () => {
    const asked: unknown[] = [];
    const words = ["brows", "smile", "voice"];
    const [scored] = await score({
      id: "all",
      judge(comparisons) {
        asked.push(comparisons.map(({ modality }) => modality));
        const share = (a: string, b: string) =>
          words.some((w) => a.includes(w) && b.includes(w)) ? 1 : 0;
        return Promise.resolve(
          comparisons.map(({ cues, claims }) =>
            cues.map((cue) => claims.map((claim) => share(cue, claim))),
          ),
        );
      },
    });
    const recovered = reference.cues.map(({ text }, i) => [
      text,
      scored!.cues[i]!.recovered !== null,
    ]);
    expect(asked).toEqual([["visual", "acoustic"]]);
    expect(Object.fromEntries(recovered)).toMatchObject({
      "raised brows": true,
      "loud voice": true,
    });
    expect(scored!.claims.find(({ text }) => text.includes("smile"))!.text).toContain("no");
    expect(scored!.modalities.visual.matches).toHaveLength(1);
  });

  it("gives nothing where the judge says no", async () => {
    const [scored] = await score({
      id: "none",
      judge: (asked) =>
        Promise.resolve(asked.map(({ cues, claims }) => cues.map(() => claims.map(() => 0)))),
    });
    expect(scored!.terms.perception).toBe(0);
  });

  it("refuses a judgement with holes instead of reading it as no", async () => {
    await expect(score({ id: "holes", judge: () => Promise.resolve([]) })).rejects.toMatchObject({
      code: "JUDGE_SHAPE",
    });
    const nan = score({
      id: "nan",
      judge: (asked) =>
        Promise.resolve(
          asked.map(({ cues, claims }) => cues.map(() => claims.map(() => Number.NaN))),
        ),
    });
    await expect(nan).rejects.toMatchObject({ code: "JUDGE_SHAPE" });
  });
});
