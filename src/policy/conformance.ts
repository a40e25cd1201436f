/**
 * What every policy must do, as one suite that each adapter's test runs. It asks only what the port
 * says, so it needs no knowledge of weights.
 */
import { callingChecks } from "./conformance/calling.ts";
import type { PolicyUnderTest } from "./conformance/check.ts";
import { samplingChecks } from "./conformance/sampling.ts";
import { scoringChecks } from "./conformance/scoring.ts";
import { trainingChecks } from "./conformance/training.ts";

export type { PolicyUnderTest } from "./conformance/check.ts";

/** `describe` and `it` of the test runner. */
export interface TestRunner {
  describe(name: string, body: () => void): void;
  it(name: string, body: () => Promise<void>): void;
}

/** Runs the suite. Each check makes its own policy and closes it. */
export function policyConformance(runner: TestRunner, name: string, test: PolicyUnderTest): void {
  const checks = { ...samplingChecks, ...scoringChecks, ...trainingChecks, ...callingChecks };
  runner.describe(`${name} conforms to the policy port`, () => {
    for (const [title, check] of Object.entries(checks)) {
      runner.it(title, async () => {
        const policy = await test.make();
        try {
          await check(policy, test);
        } finally {
          await policy.close();
        }
      });
    }
  });
}
