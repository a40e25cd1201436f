import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Policy } from "../port.ts";
import {
  adam,
  type Check,
  close,
  constant,
  datum,
  descent,
  type PolicyUnderTest,
  randomGradient,
  sampling,
  someBatch,
  weigh,
} from "./check.ts";

/** `backward`, `step`, `save` and `load`. Derivatives are checked by stepping the policy itself. */
export const trainingChecks: Readonly<Record<string, Check>> = {
  "returns from backward the log-probs of logprobs": async (policy, test) => {
    const batch = someBatch(test);
    const plain = await policy.logprobs(batch);
    const passed = await policy.backward(batch, constant(batch, 0.5));
    passed.forEach((row, index) => {
      close(row, plain[index] as Float32Array, test.tolerance);
    });
  },

  "differentiates: a small step lowers Σ g·logp by rate · ‖gradient‖²": async (policy, test) => {
    const batch = someBatch(test);
    const gradient = randomGradient(batch, "weights");
    const value = async (): Promise<number> => weigh(await policy.logprobs(batch), gradient);
    const before = await value();
    await policy.backward(batch, gradient);
    const { gradientNorm } = await policy.step({ learningRate: 0, epsilon: descent });
    const fall = 0.02;
    await policy.backward(batch, gradient);
    // moments hold two equal gradients by now, so bias correction makes their mean exact
    const learningRate = (fall / gradientNorm ** 2) * descent;
    await policy.step({ learningRate, epsilon: descent });
    const measured = before - (await value());
    assert.ok(gradientNorm > 0);
    assert.ok(Math.abs(measured / fall - 1) < 0.05, `fell by ${measured}, expected ${fall}`);
  },

  "differentiates: slopes along two gradients are symmetric": async (_policy, test) => {
    // a step against ∇g lowers f at the slope ⟨∇f, ∇g⟩, which is the same with f and g exchanged
    const batch = someBatch(test);
    const f = randomGradient(batch, "f");
    const g = randomGradient(batch, "g");
    const slope = async (watched: Float32Array[], moved: Float32Array[]): Promise<number[]> => {
      const fresh = await test.make();
      try {
        const before = weigh(await fresh.logprobs(batch), watched);
        await fresh.backward(batch, moved);
        const { gradientNorm } = await fresh.step({ learningRate: 0 });
        await fresh.backward(batch, moved);
        const rate = 0.02 / gradientNorm ** 2;
        await fresh.step({ learningRate: rate * descent, epsilon: descent });
        return [(before - weigh(await fresh.logprobs(batch), watched)) / rate, gradientNorm];
      } finally {
        await fresh.close();
      }
    };
    const [fromG = 0, normG = 0] = await slope(f, g);
    const [fromF = 0, normF = 0] = await slope(g, f);
    assert.ok(Math.abs(fromG) > 0);
    const off = Math.abs(fromG - fromF) / (normF * normG);
    assert.ok(off < 0.02, `${fromG} and ${fromF}, norms ${normF} and ${normG}`);
  },

  "accumulates gradients over calls and masked prompts alike": async (policy, test) => {
    const batch = someBatch(test);
    const gradient = randomGradient(batch, "sum");
    await policy.backward(batch, gradient);
    const whole = await policy.step({ learningRate: 0 });
    for (const [index, one] of batch.entries()) {
      await policy.backward([one], [gradient[index] as Float32Array]);
    }
    const parts = await policy.step({ learningRate: 0 });
    assert.ok(Math.abs(whole.gradientNorm / parts.gradientNorm - 1) < 1e-3);
  },

  "differentiates what is read as it does the whole with zeros elsewhere": async (policy, test) => {
    const batch = someBatch(test);
    const reads = [[1, 3], [], [2], [0, 1, 2]];
    const gradient = randomGradient(batch, "read").map((row, index) =>
      row.map((value, at) => (reads[index]?.includes(at) ? value : 0)),
    );
    await policy.backward(batch, gradient);
    const whole = await policy.step({ learningRate: 0 });
    const asked = batch.map((one, index) => ({ ...one, read: reads[index] as number[] }));
    const some = gradient.map((row, index) =>
      (reads[index] as number[]).map((at) => row[at] as number),
    );
    const passed = await policy.backward(asked, some);
    const parts = await policy.step({ learningRate: 0 });
    assert.deepEqual(
      passed.map(({ length }) => length),
      [2, 0, 1, 3],
    );
    assert.ok(Math.abs(whole.gradientNorm / parts.gradientNorm - 1) < 1e-3);
  },

  "learns: steps on one completion make it likelier": async (policy, test) => {
    const batch = [datum(test.prompt(0), [1, 2, 3, 4])];
    const total = (rows: Float32Array[]): number => weigh(rows, constant(batch, 1));
    const before = total(await policy.logprobs(batch));
    for (let i = 0; i < 5; i++) {
      await policy.backward(batch, constant(batch, -1));
      await policy.step(adam);
    }
    assert.ok(total(await policy.logprobs(batch)) > before + 1);
  },

  "leaves the weights alone when the gradient is zero": async (policy, test) => {
    const batch = someBatch(test);
    const before = await policy.backward(batch, constant(batch, 0));
    const report = await policy.step(adam);
    assert.equal(report.gradientNorm, 0);
    assert.equal(report.clipped, false);
    assert.deepEqual(await policy.backward(batch, constant(batch, 0)), before);
  },

  "clips to the norm asked for and reports the norm before": async (policy, test) => {
    const batch = someBatch(test);
    await policy.backward(batch, constant(batch, 1));
    const { gradientNorm, clipped } = await policy.step({ ...adam, clipNorm: 1e-3 });
    assert.ok(gradientNorm > 1e-3);
    assert.equal(clipped, true);
  },

  "continues from a checkpoint bit for bit": async (policy, test) => {
    const folder = mkdtempSync(join(tmpdir(), "oppo-policy-"));
    const loaded = await test.make();
    try {
      await trainOnce(policy, test, 0);
      await policy.save(join(folder, "checkpoint"));
      await trainOnce(loaded, test, 2);
      await loaded.load(join(folder, "checkpoint"));
      for (const one of [policy, loaded]) await trainOnce(one, test, 1);
      const batch = someBatch(test);
      assert.deepEqual(await loaded.logprobs(batch), await policy.logprobs(batch));
      assert.deepEqual(
        await loaded.sample([test.prompt(0)], sampling),
        await policy.sample([test.prompt(0)], sampling),
      );
    } finally {
      await loaded.close();
      rmSync(folder, { recursive: true });
    }
  },
};

async function trainOnce(policy: Policy, test: PolicyUnderTest, seed: number): Promise<void> {
  const batch = someBatch(test);
  await policy.backward(batch, randomGradient(batch, `train ${seed}`));
  await policy.step({ ...adam, weightDecay: 0.01, clipNorm: 1 });
}
