/** From the outputs of chunks back to one array a datum. */
import { PolicyError } from "../../core/errors.ts";
import type { Datum } from "../port.ts";
import { eachOutput } from "./output-rows.ts";
import type { Work } from "./replica.ts";
import type { TensorData } from "./tensor.ts";

/**
 * Copies each completion's log-probs into `out` at its index in the policy's batch.
 * @throws PolicyError naming the datum whose log-probs are not finite.
 */
export function unpack(
  { chunk, batch }: Work,
  indices: readonly number[],
  values: TensorData,
  out: Float32Array[],
): void {
  eachOutput(chunk, batch, (member, rows) => {
    const logprobs = Float32Array.from(rows, (row) => values[row] as number);
    const index = indices[member] as number;
    const bad = logprobs.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const { prompt, read } = batch[member] as Datum;
      throw new PolicyError(
        "LOGPROB_NOT_FINITE",
        `log-prob of token ${read?.[bad] ?? bad} of datum ${index} ('${prompt.id}') is ${logprobs[bad]}`,
        { hint: "training diverged: go back to an earlier checkpoint, lower the learning rate" },
      );
    }
    out[index] = logprobs;
  });
}
