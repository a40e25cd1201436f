import { expect, it } from "vitest";
import { PolicyError } from "../core/errors.ts";
import type { PolicyUnderTest } from "./conformance/check.ts";
import { contrastChecks } from "./conformance/contrast.ts";
import { sampledOnlyChecks, wholeVocabularyChecks } from "./conformance/whole-vocabulary.ts";
import { policyConformance } from "./conformance.ts";
import type { Policy } from "./port.ts";

const stream = { features: Float32Array.of(1), tokens: 1, dim: 1, attended: true };

function sampledOnly(backward: Policy["backward"]): PolicyUnderTest {
  const refuse = () => Promise.reject(new PolicyError("WHOLE_VOCABULARY", "sampled tokens alone"));
  const policy: Partial<Policy> = {
    capabilities: { wholeVocabulary: false },
    distributions: refuse,
    backward,
    step: async () => ({ gradientNorm: 0, clipped: false, step: 1 }),
    close: async () => {},
  };
  return {
    make: async () => policy as Policy,
    prompt: () => ({ id: "clip", video: stream, audio: stream, text: [] }),
    vocabulary: 7,
    maxTokens: 12,
    tolerance: 1e-6,
    capabilities: { wholeVocabulary: false },
  };
}

/** The names that the suite runs and skips. */
function names(test: PolicyUnderTest): { run: string[]; skipped: string[] } {
  const run: string[] = [];
  const skipped: string[] = [];
  const note = Object.assign((name: string) => void run.push(name), {
    skip: (name: string) => void skipped.push(name),
  });
  policyConformance({ describe: (_name, body) => body(), it: note }, "an engine", test);
  return { run, skipped };
}

const ignoring: Policy["backward"] = async () => [];
const [refusal] = Object.keys(sampledOnlyChecks) as [string];

it("skips by name what an engine says it cannot do, and asks that it refuse it", () => {
  const whole = Object.keys(wholeVocabularyChecks);
  const without = names(sampledOnly(ignoring));
  const contrast = Object.keys(contrastChecks);
  expect(without.skipped).toEqual([...whole, ...contrast]);
  expect(without.run).toContain(refusal);
  const able = names({
    ...sampledOnly(ignoring),
    capabilities: { wholeVocabulary: true, contrast: true },
  });
  expect(able.skipped).toEqual([]);
  expect(able.run).toEqual(expect.arrayContaining([...whole, ...contrast]));
  expect(able.run).not.toContain(refusal);
});

it("passes an engine that refuses the gradient of whole rows, not one that ignores it", async () => {
  const check = async (backward: Policy["backward"]) => {
    const test = sampledOnly(backward);
    await sampledOnlyChecks[refusal]!(await test.make(), test);
  };
  await check((_batch, _gradient, whole) =>
    whole
      ? Promise.reject(new PolicyError("WHOLE_VOCABULARY", "sampled tokens alone"))
      : Promise.resolve([]),
  );
  await expect(check(ignoring)).rejects.toThrow(/Missing expected rejection/);
});
