import { corpusOracle } from "../../src/bench/mep/oracle/corpus-oracle.ts";
import type { MepItems } from "../../src/bench/mep/oracle/item.ts";
import type { EvaluationOptions } from "../../src/bench/mep/oracle/options.ts";
import { respondUnder } from "../../src/bench/mep/oracle/respond.ts";
import type { MepResult, ResponseRecord } from "../../src/bench/mep/oracle/result.ts";
import { readJson } from "../../src/core/files.ts";
import type { Policy } from "../../src/policy/port.ts";
import type { FinishedRun } from "./finished-run.ts";

/** First response to each held-out clip, by clip. */
type Said = ReadonlyMap<string, ResponseRecord>;

/** What the run's own evaluation drew and judged. */
export function storedResponses(evaluation: string): Said {
  const { clips } = readJson<MepResult>(evaluation);
  return new Map(clips.map(({ id, responses: [first] }) => [id, first!]));
}

/** What a policy says, sampled and judged as the benchmark would have; closes the policy. */
export async function drawResponses(
  policy: Policy,
  {
    items,
    clips,
    blank,
    tokenizer,
    options,
  }: Pick<FinishedRun, "clips" | "blank" | "tokenizer"> & {
    items: MepItems;
    options: EvaluationOptions;
  },
): Promise<Said> {
  try {
    const { records } = await respondUnder(
      "full",
      clips.map(({ item }) => item),
      { policy, tokenizer, options, advance: () => {} },
      { prompts: new Map(clips.map(({ id, prompt }) => [id, prompt])), blank },
      { items, oracle: corpusOracle() },
    );
    return new Map(clips.map(({ id }, at) => [id, records[at]![0]!]));
  } finally {
    await policy.close();
  }
}
