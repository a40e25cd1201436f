/** From the outputs of chunks back to one array a datum. */
import { PolicyError } from "../../core/errors.ts";
import type { Datum } from "../port.ts";
import { eachOutput, eachWhole } from "./output-rows.ts";
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
      const where = `token ${read?.[bad] ?? bad} of datum ${index} ('${prompt.id}')`;
      throw notFinite(where, logprobs[bad]);
    }
    out[index] = logprobs;
  });
}

/** As `unpack`, for rows of the whole vocabulary. */
export function unpackWhole(
  { chunk, batch }: Work,
  indices: readonly number[],
  values: TensorData,
  vocabulary: number,
  out: Float32Array[],
): void {
  eachWhole(chunk, batch, (member, places) => {
    const rows = new Float32Array(places.length * vocabulary);
    places.forEach((row, at) => {
      const from = row * vocabulary;
      rows.set(values.subarray(from, from + vocabulary) as Float32Array, at * vocabulary);
    });
    const index = indices[member] as number;
    const bad = rows.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const { prompt, whole } = batch[member] as Datum;
      const position = whole?.[Math.floor(bad / vocabulary)];
      const where = `vocabulary entry ${bad % vocabulary} at token ${position} of datum ${index} ('${prompt.id}')`;
      throw notFinite(where, rows[bad]);
    }
    out[index] = rows;
  });
}

function notFinite(where: string, value: number | undefined): PolicyError {
  return new PolicyError("LOGPROB_NOT_FINITE", `log-prob of ${where} is ${value}`, {
    hint: "training diverged: go back to an earlier checkpoint, lower the learning rate",
  });
}
