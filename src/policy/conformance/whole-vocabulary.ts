import assert from "node:assert/strict";
import { PolicyError } from "../../core/errors.ts";
import { Rng } from "../../core/rng.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import type { Datum, Policy } from "../port.ts";
import {
  type Check,
  close,
  constant,
  descent,
  type PolicyUnderTest,
  randomGradient,
  sampling,
  someBatch,
  weigh,
} from "./check.ts";

/** `distributions`, and the gradient of its rows: for engines that say they can. */
export const wholeVocabularyChecks: Readonly<Record<string, Check>> = {
  "makes whole rows whose probabilities sum to 1": async (policy, test) => {
    for (const { rows } of await policy.distributions(wholeBatch(test))) {
      for (const row of split(rows, test)) {
        const total = row.reduce((sum, logprob) => sum + Math.exp(logprob), 0);
        assert.ok(Math.abs(total - 1) < 1e-4, `sum is ${total}`);
      }
    }
  },

  "gives a whole row the log-prob that logprobs gives each token in that place": async (
    policy,
    test,
  ) => {
    const batch = wholeBatch(test);
    const rows = await rowsOf(policy, batch);
    for (const [index, { prompt, tokens, whole }] of batch.entries()) {
      for (const [at, position] of whole.entries()) {
        const each = await policy.logprobs(
          Array.from({ length: test.vocabulary }, (_, id) => ({
            prompt,
            tokens: tokens.with(position, id),
            read: [position],
          })),
        );
        const row = split(rows[index] as Float32Array, test)[at] as Float32Array;
        close(row, Float32Array.from(each.flatMap((one) => [...one])), test.tolerance);
      }
    }
  },

  "gives a datum the same whole rows in any batch, whatever is read": async (policy, test) => {
    const batch = wholeBatch(test);
    const together = await rowsOf(policy, batch);
    const read = await rowsOf(
      policy,
      batch.map((one) => ({ ...one, read: [0] })),
    );
    for (const [index, one] of batch.entries()) {
      const [alone] = await rowsOf(policy, [one]);
      close(alone as Float32Array, together[index] as Float32Array, test.tolerance);
      close(read[index] as Float32Array, together[index] as Float32Array, test.tolerance);
    }
    assert.deepEqual(await policy.logprobs(batch), await policy.logprobs(someBatch(test)));
  },

  "gives beside whole rows the log-probs that logprobs gives, of what is read": async (
    policy,
    test,
  ) => {
    const whole = wholeBatch(test);
    for (const batch of [
      whole,
      // tokens read before, among and after the whole ones; none; rows of nobody else's
      whole.map((one, at) => ({ ...one, read: [[0, 4], [], [1], [0, 1, 2]][at] as number[] })),
      whole.map(({ whole: _, ...one }, at) => ({ ...one, ...(at === 1 ? { whole: [1] } : {}) })),
      whole.map((one) => ({ ...one, read: [] })),
    ]) {
      const expected = await policy.logprobs(batch);
      for (const [at, { logprobs }] of (await policy.distributions(batch)).entries()) {
        close(logprobs, expected[at] as Float32Array, test.tolerance);
      }
    }
  },

  "gives completions the chances of every token, those that distributions gives": async (
    policy,
    test,
  ) => {
    const prompts = [test.prompt(0), test.prompt(1)];
    for (const temperature of [1, 0.5]) {
      const options = { ...sampling, temperature };
      const plain = (await policy.sample(prompts, options)).flat();
      const samples = (await policy.sample(prompts, { ...options, chances: true })).flat();
      const batch = samples.map(({ tokens }, at) => ({
        prompt: prompts[Math.floor(at / sampling.samplesPerPrompt)] as Prompt,
        tokens,
        whole: [...tokens.keys()],
      }));
      const rows = await rowsOf(policy, batch);
      samples.forEach(({ tokens, chances }, at) => {
        assert.equal(plain[at]?.chances, undefined);
        assert.deepEqual(tokens, plain[at]?.tokens);
        close((chances as Float32Array).map(Math.log), rows[at] as Float32Array, test.tolerance);
      });
    }
  },

  "gives nothing where no whole row is wanted": async (policy, test) => {
    const [some, none] = await rowsOf(policy, [
      ...someBatch(test).slice(0, 1),
      { ...(someBatch(test)[1] as Datum), whole: [] },
    ]);
    assert.deepEqual([some?.length, none?.length], [0, 0]);
    await policy.backward(
      [{ ...(someBatch(test)[0] as Datum), read: [], whole: [] }],
      [[]],
      [new Float32Array(0)],
    );
    assert.equal((await policy.step({ learningRate: 0 })).gradientNorm, 0);
  },

  "refuses whole rows at positions that are none": async (policy, test) => {
    const [first] = someBatch(test) as [Datum];
    for (const whole of [[3, 1], [1, 1], [-1], [first.tokens.length], [0.5]]) {
      const batch = [{ ...first, whole }];
      for (const work of [
        () => policy.distributions(batch),
        () => policy.backward(batch, constant(batch, 1), [noise(whole.length * test.vocabulary)]),
      ]) {
        await assert.rejects(work, (error: unknown) => {
          assert.ok(error instanceof PolicyError && error.code === "WHOLE_POSITION");
          assert.match(error.message, /whole/);
          return true;
        });
      }
    }
    assert.equal((await policy.step({ learningRate: 0 })).gradientNorm, 0);
  },

  "differentiates whole rows beside tokens as central differences do": async (_policy, test) => {
    const batch = wholeBatch(test);
    const sampled = randomGradient(batch, "beside rows");
    const whole = rowGradient(batch, test);
    const fall = 0.02;
    const moved = async (sign: number): Promise<number> => {
      const fresh = await test.make();
      const signed = (all: Float32Array[]) => all.map((values) => values.map((g) => sign * g));
      const push = () => fresh.backward(batch, signed(sampled), signed(whole));
      try {
        await push();
        const { gradientNorm } = await fresh.step({ learningRate: 0, epsilon: descent });
        assert.ok(gradientNorm > 0);
        await push();
        const learningRate = (fall / gradientNorm ** 2) * descent;
        await fresh.step({ learningRate, epsilon: descent });
        const tokens = weigh(await fresh.logprobs(batch), sampled);
        return tokens + weigh(await rowsOf(fresh, batch), whole);
      } finally {
        await fresh.close();
      }
    };
    const measured = ((await moved(-1)) - (await moved(1))) / 2;
    assert.ok(Math.abs(measured / fall - 1) < 0.05, `fell by ${measured}, expected ${fall}`);
  },

  "differentiates each entry of a whole row as the log-prob it is": async (policy, test) => {
    const batch = wholeBatch(test);
    const whole = rowGradient(batch, test);
    const entries = batch.flatMap(({ prompt, tokens, whole: positions }, index) =>
      positions.flatMap((position, at) =>
        Array.from({ length: test.vocabulary }, (_, id) => ({
          datum: { prompt, tokens: tokens.with(position, id), read: [position] },
          gradient: [-((whole[index] as Float32Array)[at * test.vocabulary + id] as number)],
        })),
      ),
    );
    const alone = batch.map((one) => ({ ...one, read: [] }));
    const rows = () => policy.backward(alone, noTokens(batch), whole);
    await rows();
    const { gradientNorm } = await policy.step({ learningRate: 0 });
    await rows();
    await policy.backward(
      entries.map(({ datum }) => datum),
      entries.map(({ gradient }) => gradient),
    );
    const left = (await policy.step({ learningRate: 0 })).gradientNorm;
    assert.ok(left < 1e-3 * gradientNorm, `${left} of ${gradientNorm} does not cancel`);
  },

  "adds up tokens and whole rows in one backward as in two": async (policy, test) => {
    const batch = wholeBatch(test);
    const sampled = randomGradient(batch, "one call");
    const whole = rowGradient(batch, test);
    const passed = await policy.backward(batch, sampled, whole);
    passed.forEach(({ length }, index) => {
      assert.equal(length, batch[index]?.tokens.length);
    });
    const { gradientNorm } = await policy.step({ learningRate: 0 });
    await policy.backward(batch, sampled, whole);
    const negative = (values: Float32Array) => values.map((g) => -g);
    await policy.backward(batch, sampled.map(negative));
    // the last datum's rows, then the others'
    const last = batch.length - 1;
    const half = (keep: (at: number) => boolean) =>
      whole.map((rows, at) => (keep(at) ? negative(rows) : undefined));
    const alone = batch.map((one) => ({ ...one, read: [] }));
    await policy.backward(
      alone,
      noTokens(batch),
      half((at) => at === last),
    );
    await policy.backward(
      alone,
      noTokens(batch),
      half((at) => at !== last),
    );
    const left = (await policy.step({ learningRate: 0 })).gradientNorm;
    assert.ok(left < 1e-3 * gradientNorm, `${left} of ${gradientNorm} does not cancel`);
  },

  "tells what is read from what is wanted whole, in one datum": async (policy, test) => {
    const [first] = someBatch(test) as [Datum];
    const batch = [
      { ...first, read: [4], whole: [1] },
      { ...first, read: [3], whole: [1, 3] },
    ];
    const sampled = [[0.7], [-1.1]];
    const whole = rowGradient(batch, test);
    const passed = await policy.backward(batch, sampled, whole);
    const { gradientNorm } = await policy.step({ learningRate: 0 });
    const alone = await policy.logprobs(batch);
    for (const [at, row] of passed.entries()) close(row, alone[at] as Float32Array, test.tolerance);
    await policy.backward(batch, sampled, whole);
    await policy.backward(
      batch,
      sampled.map((values) => values.map((g) => -g)),
    );
    await policy.backward(
      batch.map((one) => ({ ...one, read: [] })),
      noTokens(batch),
      whole.map((rows) => rows.map((g) => -g)),
    );
    const left = (await policy.step({ learningRate: 0 })).gradientNorm;
    assert.ok(left < 1e-3 * gradientNorm, `${left} of ${gradientNorm} does not cancel`);
  },

  "leaves nothing accumulated of whole rows it cannot take": async (policy, test) => {
    const batch = wholeBatch(test);
    const whole = rowGradient(batch, test);
    const [first, ...others] = whole as [Float32Array, ...Float32Array[]];
    for (const wrong of [
      [first.with(first.length - 1, Number.NaN), ...others],
      [first.slice(1), ...others],
      others,
    ]) {
      const work = policy.backward(batch, constant(batch, 1), wrong);
      await assert.rejects(work, PolicyError);
    }
    assert.equal((await policy.step({ learningRate: 0 })).gradientNorm, 0);
  },
};

/** For engines that say they cannot. */
export const sampledOnlyChecks: Readonly<Record<string, Check>> = {
  "refuses the whole vocabulary, which it says it cannot give": async (policy, test) => {
    const batch = wholeBatch(test);
    const refused = (work: Promise<unknown>) =>
      assert.rejects(work, (error: unknown) => {
        return error instanceof PolicyError && error.code === "WHOLE_VOCABULARY";
      });
    await refused(policy.distributions(batch));
    await refused(policy.backward(batch, constant(batch, 1), rowGradient(batch, test)));
    assert.equal((await policy.step({ learningRate: 0 })).gradientNorm, 0);
  },
};

/** Says in advance what it can: the suite asks only for that. */
export async function saysWhatItCan(policy: Policy, test: PolicyUnderTest): Promise<void> {
  assert.deepEqual(policy.capabilities, test.capabilities);
}

type WholeDatum = Datum & { whole: readonly number[] };

/** `someBatch` with a few whole rows each, first, inner and last positions among them. */
function wholeBatch(test: PolicyUnderTest): WholeDatum[] {
  const wholes = [[1, 4], [0], [0, 2, 3], [2]];
  return someBatch(test).map((one, index) => ({ ...one, whole: wholes[index] as number[] }));
}

function noise(length: number): Float32Array {
  const rng = new Rng("whole rows");
  return Float32Array.from({ length }, () => rng.normal());
}

/** Standard normal gradients of every entry of every row. */
function rowGradient(batch: readonly WholeDatum[], test: PolicyUnderTest): Float32Array[] {
  return batch.map(({ whole }) => noise(whole.length * test.vocabulary));
}

const rowsOf = async (policy: Policy, batch: readonly Datum[]): Promise<Float32Array[]> =>
  (await policy.distributions(batch)).map(({ rows }) => rows);

const noTokens = (batch: readonly Datum[]): number[][] => batch.map(() => []);

function split(rows: Float32Array, { vocabulary }: PolicyUnderTest): Float32Array[] {
  return Array.from({ length: rows.length / vocabulary }, (_, at) =>
    rows.subarray(at * vocabulary, (at + 1) * vocabulary),
  );
}
