import { describe, expect, it } from "vitest";
import { claimTokens } from "../cues/evidence.ts";
import { startController } from "../loss/controller.ts";
import { omniPerceptionObjective } from "../loss/objective.ts";
import { resolveLossOptions } from "../loss/presets.ts";
import { addGradient, zeroResult } from "../loss/result.ts";
import { surrogateTerm } from "../loss/surrogate.ts";
import type { LossTerm } from "../loss/term.ts";
import { lossTerms } from "../loss/terms.ts";
import type { Datum } from "../policy/port.ts";
import { groupAdvantages } from "../rewards/advantages.ts";
import { initialGuardState } from "./guards.ts";
import { maskOptions, rlOptions } from "./options.ts";
import { collectGroups, type Group, type TrainingRollout } from "./rollout.ts";
import {
  fakeRun,
  labelOf,
  logprobsOf,
  type Script,
  ScriptedPolicy,
  says,
  sights,
} from "./run.fake.ts";
import { prepare, rlStep, update } from "./step.ts";

/** No two answers are alike; which sample of a group is right, if any, differs by clip. */
const varied: Script = (clip, sample) => {
  const number = Number(clip.at(-1));
  const right = number === 3 ? "joy" : labelOf(number);
  const wrong = right === "joy" ? "fear" : "joy";
  return says(sample === number % 3 ? right : wrong, sights[(number + sample) % sights.length]);
};

const bothPasses = { mask: maskOptions.parse({ mode: "swap", passes: "both" }) };
const start = () => ({ guards: initialGuardState, controller: startController() });

/** Which clip's completion a datum is, and which of its streams come from another clip. */
function describeDatum(run: ReturnType<typeof fakeRun>["run"], { prompt, tokens }: Datum): string {
  const own = run.examples.find(({ id }) => id === prompt.id)!.prompt;
  const swapped = (["video", "audio"] as const).filter(
    (stream) => prompt[stream].features[0] !== own[stream].features[0],
  );
  return `${prompt.id} ${swapped.join("+") || "full"} ${tokens.join()}`;
}

describe("what belongs to a rollout stays with it", () => {
  const setting = { ...bothPasses, options: rlOptions.parse({ prompts: 4, group: 3 }) };

  it.each([
    ["on the weights that sampled", true],
    ["on the second update", false],
  ])("each completion gets the gradient of its own passes, %s", async (_when, fresh) => {
    const { run, policy } = fakeRun(varied, setting);
    const rollouts = (await prepare(run, await collectGroups(run, 0), 0)).map((rollout, index) => ({
      ...rollout,
      advantage: index - 4.2,
    }));
    // Read by hand and in full, so that nothing is found by its place in a list of passes.
    const expected = omniPerceptionObjective(
      rollouts.map(({ advantage, claims, completion: { tokens, logprobs }, example, hidden }) => ({
        advantage,
        claims,
        full: logprobsOf({ prompt: example.prompt, tokens }),
        sampled: logprobs,
        video: logprobsOf({ prompt: hidden.video!.prompt, tokens }),
        audio: logprobsOf({ prompt: hidden.audio!.prompt, tokens }),
        partial: ["video", "audio"],
      })),
      run.loss,
    ).gradient;

    policy.read.length = 0;
    await update(policy, rollouts, run.loss, {}, { learningRate: 1 }, fresh);

    const got = new Map(
      policy.differentiated[0]!.map(({ datum, gradient }) => [describeDatum(run, datum), gradient]),
    );
    rollouts.forEach(({ example, completion: { tokens } }, index) => {
      for (const pass of ["full", "video", "audio"] as const) {
        const row = Array.from(expected[pass][index]!);
        const wanted = pass === "full" ? row : row.filter((slope) => slope !== 0);
        const found = got.get(`${example.id} ${pass} ${tokens.join()}`) ?? [];
        expect(found).toHaveLength(wanted.length);
        wanted.forEach((slope, at) => {
          expect(found[at]).toBeCloseTo(slope, 10);
        });
      }
    });
    expect(got.size).toBeGreaterThan(2 * rollouts.length);
  });

  it("advantage, claims and hidden prompts are those of its group and its text, in any order", async () => {
    const { run } = fakeRun(varied, setting);
    const [first, second, third, fourth] = (await collectGroups(run, 0)) as [
      Group,
      Group,
      Group,
      Group,
    ];
    const groups = [third, first, fourth, second];
    const rollouts = await prepare(run, groups, 0);
    expect(new Set(rollouts.map(({ advantage }) => advantage)).size).toBeGreaterThan(2);
    groups.flat().forEach((rollout, index) => {
      const grown = rollouts[index]!;
      const own = groups.find((group) => group.includes(rollout))!;
      const rewards = own.map(({ scored }) => scored.reward);
      const advantages = groupAdvantages(rewards, run.reward.advantages);
      expect(grown.completion).toBe(rollout.completion);
      expect(grown.advantage).toBe(advantages[own.indexOf(rollout)]);
      expect(grown.claims).toEqual(claimTokens(rollout.scored.claims, rollout.offsets));
      expect(Object.values(grown.hidden).map(({ prompt }) => prompt.id)).toEqual([
        rollout.example.id,
        rollout.example.id,
      ]);
    });
  });

  it("in a whole step with resampled groups, rewards push the completions that earned them", async () => {
    const options = rlOptions.parse({
      prompts: 4,
      group: 3,
      dynamicSampling: { enabled: true, tries: 4 },
      guards: { canaryEffect: 0 },
    });
    const loss = resolveLossOptions({ preset: "none" });
    const { run, policy } = fakeRun(varied, { options, loss });
    let groups: readonly Group[] = [];
    await rlStep(run, start(), 0, (seen) => {
      groups = seen;
    });
    const slopes = new Map(
      policy.differentiated[0]!.map(({ datum, gradient }) => [datum.tokens, gradient[0]!]),
    );
    expect(slopes.size).toBe(12);
    for (const group of groups) {
      const average = group.reduce((sum, { scored }) => sum + scored.reward, 0) / group.length;
      for (const { completion, scored } of group) {
        const slope = slopes.get(completion.tokens)!;
        expect(Math.sign(slope)).toBe(Math.sign(average - scored.reward));
      }
    }
    expect([...slopes.values()].filter((slope) => slope < 0)).not.toEqual([]);
  });
});

describe("preparing rollouts", () => {
  it("rollouts of a group share one masked prompt, and each is read at its own claims", async () => {
    const { run } = fakeRun(varied, bothPasses);
    const groups = await collectGroups(run, 0);
    const rollouts = await prepare(run, groups, 0);
    const [first, second, third] = rollouts as [TrainingRollout, TrainingRollout, TrainingRollout];
    expect(first.hidden.video!.prompt).toBe(second.hidden.video!.prompt);
    expect(first.hidden.video!.prompt).not.toBe(third.hidden.video!.prompt);
    for (const { hidden, claims } of rollouts) {
      const heads = [...new Set(claims.flatMap((claim) => claim.heads))].sort((a, b) => a - b);
      expect(heads.length).toBeGreaterThan(0);
      expect(hidden.audio!.read).toEqual(heads);
    }
  });

  it("the frozen cold start reads every completion on its full prompt", async () => {
    const reference = new ScriptedPolicy(varied);
    const { run } = fakeRun(varied, { reference });
    const rollouts = await prepare(run, await collectGroups(run, 0), 0);
    expect(reference.read).toHaveLength(1);
    for (const { example, completion, reference: logprobs } of rollouts) {
      expect(logprobs).toEqual(logprobsOf({ prompt: example.prompt, tokens: completion.tokens }));
    }
  });
});

describe("reading log-probs", () => {
  const readIn = async (preset: "none" | "oppo-swap", updatesPerBatch: number) => {
    const guards = { canaryEffect: 0 };
    const options = rlOptions.parse({ prompts: 3, group: 2, updatesPerBatch, guards });
    const { run, policy } = fakeRun(varied, { options, loss: resolveLossOptions({ preset }) });
    await rlStep(run, start(), 0, () => {});
    return policy.read.map((batch) =>
      batch.map((datum) => describeDatum(run, datum).split(" ")[1]),
    );
  };

  it("plain GRPO on the weights that sampled needs no forward at all", async () => {
    expect(await readIn("none", 1)).toEqual([]);
  });

  it("a second update on the same rollouts reads the full pass again", async () => {
    expect(await readIn("none", 2)).toEqual([Array(6).fill("full")]);
  });

  it("alternating masks read one stream a group, video first", async () => {
    expect(await readIn("oppo-swap", 1)).toEqual([
      ["video", "video", "video", "video", "audio", "audio"],
    ]);
  });
});

describe("the first step", () => {
  const told = async (script: Script, step = 0) => {
    const messages: string[] = [];
    const guards = { canaryEffect: 0 };
    const { run } = fakeRun(script, {
      options: rlOptions.parse({ prompts: 3, group: 2, guards }),
      notice: (message) => messages.push(message),
    });
    await rlStep(run, start(), step, () => {});
    return messages;
  };

  it("says so when the cold start earns next to nothing, and what to do", async () => {
    const rambling: Script = (_clip, sample) => (sample === 0 ? says("joy") : " joy voice joy");
    expect(await told(() => " loud voice")).toEqual([
      expect.stringMatching(/mean reward of 0\.00, and 0 % of its answers .*sft\.epochs/),
    ]);
    expect(await told(rambling)).toEqual([]);
    expect(await told(() => " loud voice", 1)).toEqual([]);
  });
});

describe("a term of the loss that is not in the table", () => {
  /** Pulls masked log-probs of the first head of each claim down; needs both passes. */
  const toy: LossTerm = {
    ...surrogateTerm,
    name: "toy",
    weight: () => 1,
    needs: "both",
    reads: () => "heads",
    learnsMasked: () => true,
    metrics: [],
    compute: (batch) => {
      const result = zeroResult(batch);
      batch.forEach(({ claims }, at) => {
        for (const { heads } of claims) addGradient(result, "audio", at, heads[0]!, 1);
      });
      return result;
    },
  };

  it("gets the passes and tokens it declares, and its gradient reaches the policy", async () => {
    const guards = { canaryEffect: 0 };
    const { run, policy } = fakeRun(varied, {
      options: rlOptions.parse({ prompts: 2, group: 2, guards }),
      loss: resolveLossOptions({ preset: "none" }),
      terms: { loss: [...lossTerms, toy] },
    });
    const { metrics } = await rlStep(run, start(), 0, () => {});
    const streams = policy.read[0]!.map((datum) => describeDatum(run, datum).split(" ")[1]);
    expect(streams).toEqual([...Array(4).fill("video"), ...Array(4).fill("audio")]);
    expect(policy.read[0]!.every(({ read, tokens }) => read!.length < tokens.length)).toBe(true);
    const pulled = policy.differentiated[0]!.slice(4);
    expect(pulled.map(({ datum }) => describeDatum(run, datum).split(" ")[1])).toEqual(
      Array(4).fill("audio"),
    );
    expect(pulled.every(({ gradient }) => gradient.every((slope) => slope === 1))).toBe(true);
    expect(metrics["gradient/toy"]).toBeGreaterThan(0);
  });
});
