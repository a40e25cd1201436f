import { BenchError } from "../../core/errors.ts";

/**
 * The sums of a text as they are. One that is no number would come out as a dash, as if there had
 * been nothing to count.
 * @throws BenchError NOT_FINITE naming text, sum and policy.
 */
export function finiteSums<Sums extends Readonly<Record<string, readonly [number, number]>>>(
  sums: Sums,
  text: string,
  policy: string,
): Sums {
  const bad = Object.entries(sums).find(([, [sum]]) => !Number.isFinite(sum));
  if (!bad) return sums;
  throw new BenchError("NOT_FINITE", `text '${text}': ${bad[0]} is ${bad[1][0]} (${policy})`, {
    hint: "log-probs must be finite: the weights may have overflowed in training",
  });
}
