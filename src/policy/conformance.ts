/**
 * What every policy must do, as one suite that each adapter's test runs. It asks only what the port
 * says, so it needs no knowledge of weights.
 */
import { callingChecks } from "./conformance/calling.ts";
import type { Check, PolicyUnderTest } from "./conformance/check.ts";
import { contrastChecks, noContrastChecks } from "./conformance/contrast.ts";
import { samplingChecks } from "./conformance/sampling.ts";
import { scoringChecks } from "./conformance/scoring.ts";
import { trainingChecks } from "./conformance/training.ts";
import {
  sampledOnlyChecks,
  saysWhatItCan,
  wholeVocabularyChecks,
} from "./conformance/whole-vocabulary.ts";

export type { PolicyUnderTest } from "./conformance/check.ts";

/** `describe` and `it` of the test runner. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it: It & { skip: It };
}

type It = (name: string, body: () => Promise<void>) => void;

/**
 * Runs the suite. Each check makes its own policy and closes it. What the policy says it cannot do
 * is skipped by name, and must be refused.
 */
export function policyConformance(runner: TestRunner, name: string, test: PolicyUnderTest): void {
  const { wholeVocabulary: whole, contrast = false } = test.capabilities;
  const checks = {
    ...samplingChecks,
    ...scoringChecks,
    ...trainingChecks,
    ...callingChecks,
    "says what it can do": saysWhatItCan,
    ...(whole ? wholeVocabularyChecks : sampledOnlyChecks),
    ...(contrast ? contrastChecks : noContrastChecks),
  };
  const run = (check: Check) => async () => {
    const policy = await test.make();
    try {
      await check(policy, test);
    } finally {
      await policy.close();
    }
  };
  runner.describe(`${name} conforms to the policy port`, () => {
    for (const [title, check] of Object.entries(checks)) runner.it(title, run(check));
    const unable = {
      ...(whole ? {} : wholeVocabularyChecks),
      ...(contrast ? {} : contrastChecks),
    };
    for (const [title, check] of Object.entries(unable)) runner.it.skip(title, run(check));
  });
}
