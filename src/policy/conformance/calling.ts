import assert from "node:assert/strict";
import { PolicyError } from "../../core/errors.ts";
import { adam, type Check, constant, datum, sampling, someBatch } from "./check.ts";

/** How calls may be made, and which are refused. */
export const callingChecks: Readonly<Record<string, Check>> = {
  "gives calls made at once what it gives them one by one": async (policy, test) => {
    const batch = someBatch(test);
    const other = [datum(test.prompt(1), [1, 2, 3])];
    const [a, b, c] = await Promise.all([
      policy.logprobs(batch),
      policy.sample([test.prompt(0)], sampling),
      policy.logprobs(other),
    ]);
    assert.deepEqual(await policy.logprobs(batch), a);
    assert.deepEqual(await policy.sample([test.prompt(0)], sampling), b);
    assert.deepEqual(await policy.logprobs(other), c);
  },

  "refuses to work once closed": async (policy, test) => {
    await policy.close();
    await assert.rejects(policy.logprobs(someBatch(test)), PolicyError);
  },

  "refuses what it cannot compute": async (policy, test) => {
    const batch = someBatch(test);
    const refused = (work: Promise<unknown>): Promise<void> => assert.rejects(work, PolicyError);
    const long = datum(test.prompt(0), Array<number>(test.maxTokens + 1).fill(1));
    await refused(policy.logprobs([]));
    await refused(policy.backward([], []));
    await refused(policy.sample([], sampling));
    await refused(policy.sample([test.prompt(0)], { ...sampling, maxTokens: test.maxTokens + 1 }));
    await refused(policy.logprobs([long]));
    await refused(policy.logprobs([datum(test.prompt(0), [])]));
    await refused(policy.logprobs([datum(test.prompt(0), [test.vocabulary])]));
    await refused(policy.backward(batch, constant(batch, Number.NaN)));
    await refused(policy.backward(batch, constant(batch, 1).slice(1)));
    assert.equal((await policy.step(adam)).gradientNorm, 0);
  },
};
