import assert from "node:assert/strict";
import { PolicyError } from "../../core/errors.ts";
import { maskPrompt } from "../../prompt/masks.ts";
import type { Datum } from "../port.ts";
import { type Check, close, datum, far, someBatch } from "./check.ts";

/** `logprobs`: a distribution, causal, independent of the batch, and sensitive to what it sees. */
export const scoringChecks: Readonly<Record<string, Check>> = {
  "makes next-token probabilities that sum to 1": async (policy, test) => {
    const all = Array.from({ length: test.vocabulary }, (_, id) => datum(test.prompt(0), [1, id]));
    const logprobs = await policy.logprobs(all);
    const total = logprobs.reduce((sum, row) => sum + Math.exp(row[1] as number), 0);
    assert.ok(Math.abs(total - 1) < 1e-3, `sum is ${total}`);
  },

  "gives a token a log-prob that later tokens do not change": async (policy, test) => {
    const [short, long] = await policy.logprobs([
      datum(test.prompt(0), [1, 2]),
      datum(test.prompt(0), [1, 2, 3, 4]),
    ]);
    close(short as Float32Array, (long as Float32Array).subarray(0, 2), test.tolerance);
  },

  "gives a datum the same log-probs in any batch and order": async (policy, test) => {
    const batch = someBatch(test);
    const together = await policy.logprobs(batch);
    const reversed = (await policy.logprobs([...batch].reverse())).reverse();
    for (const [index, one] of batch.entries()) {
      const [alone] = await policy.logprobs([one]);
      close(alone as Float32Array, together[index] as Float32Array, test.tolerance);
      close(reversed[index] as Float32Array, together[index] as Float32Array, test.tolerance);
    }
  },

  "gives the log-probs asked for, and refuses positions that are none": async (policy, test) => {
    const batch = someBatch(test);
    const all = await policy.logprobs(batch);
    const reads = [[1, 3], [], [2], [0, 1, 2]];
    const asked = batch.map((one, index) => ({ ...one, read: reads[index] as number[] }));
    const some = await policy.logprobs(asked);
    some.forEach((row, index) => {
      const expected = (reads[index] as number[]).map((at) => (all[index] as Float32Array)[at]);
      close(row, Float32Array.from(expected as number[]), test.tolerance);
    });
    const [first] = batch as [Datum];
    for (const read of [[3, 1], [1, 1], [-1], [first.tokens.length], [0.5]]) {
      await assert.rejects(policy.logprobs([{ ...first, read }]), PolicyError);
    }
  },

  "hides a dropped stream: its content no longer matters": async (policy, test) => {
    for (const modality of ["video", "audio"] as const) {
      const prompt = test.prompt(0);
      const other = { ...prompt, [modality]: test.prompt(1)[modality] };
      const tokens = [1, 2, 3];
      const [seen, dropped, otherDropped] = await policy.logprobs([
        datum(prompt, tokens),
        datum(maskPrompt(prompt, modality, "drop"), tokens),
        datum(maskPrompt(other, modality, "drop"), tokens),
      ]);
      close(dropped as Float32Array, otherDropped as Float32Array, test.tolerance);
      far(seen as Float32Array, dropped as Float32Array, 10 * test.tolerance);
    }
  },

  "sees a swapped stream: log-probs change with the donor": async (policy, test) => {
    for (const modality of ["video", "audio"] as const) {
      const prompt = test.prompt(0);
      const [seen, swapped] = await policy.logprobs([
        datum(prompt, [1, 2, 3]),
        datum(maskPrompt(prompt, modality, "swap", { donor: test.prompt(1) }), [1, 2, 3]),
      ]);
      far(seen as Float32Array, swapped as Float32Array, 10 * test.tolerance);
    }
  },
};
