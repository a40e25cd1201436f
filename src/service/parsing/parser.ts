import { availableParallelism } from "node:os";
import { OppoError } from "../../core/errors.ts";
import { openStandingPool } from "../../core/standing-pool.ts";
import type { Claim, CueSet } from "../../cues/cue.ts";
import type { Comparison } from "../../rewards/compare-item.ts";
import { paperTexts } from "../../rewards/paper-reading.ts";
import type { ReadItem } from "../../rewards/phrases.ts";
import type { Hands, ScoreItem } from "../../rewards/scorer.ts";
import { RequestError } from "../request-error.ts";
import type { GivenCue } from "../wire/fields.ts";
import { type ParseJob, type ParseKind, type ParseWork, parseHere } from "./job.ts";

/** Reads texts: short ones in this thread, which is faster, long ones where they hold up nobody. */
export interface Parser extends Hands {
  /** @throws RequestError 413 TEXT_BUDGET, as all of these; the reason of `signal`. */
  claims(
    text: string,
    offset: number,
    signal: AbortSignal,
  ): readonly Claim[] | Promise<readonly Claim[]>;
  decompose(reference: string): CueSet | Promise<CueSet>;
  /** Cues that a request brings along. */
  given(cues: readonly GivenCue[]): CueSet | Promise<CueSet>;
  close(): Promise<void>;
}

export interface ParserOptions {
  /** UTF-16 units that are read in this thread: about 5 ms. */
  unitsHere: number;
  /** Pairs of cues and claims, or clauses, that are compared in this thread: about 10 ms. */
  pairsHere: number;
  workers: number;
  /** Seconds that a text may take. */
  limitSec: number;
}

export const parserDefaults: ParserOptions = {
  unitsHere: 4096,
  pairsHere: 10_000,
  workers: Math.max(1, Math.min(4, availableParallelism() - 1)),
  limitSec: 30,
};

export function createParser(options: ParserOptions = parserDefaults): Parser {
  const { unitsHere, pairsHere, workers, limitSec } = options;
  const pool = openStandingPool<ParseJob, unknown>(new URL("./worker.ts", import.meta.url), {
    workers,
    limitMs: limitSec * 1000,
  });

  function run<Kind extends ParseKind>(
    here: boolean,
    job: { kind: Kind } & ParseWork[Kind]["job"],
    signal?: AbortSignal,
  ): ParseWork[Kind]["result"] | Promise<ParseWork[Kind]["result"]> {
    const known = job as ParseJob;
    if (here) return parseHere(known);
    const result = pool.run(known, signal) as Promise<ParseWork[Kind]["result"]>;
    return result.catch((error: unknown) => {
      throw overBudget(error, limitSec);
    });
  }

  return {
    claims: (text, offset, signal) =>
      run(text.length <= unitsHere, { kind: "claims", text, offset }, signal),
    decompose: (reference) => run(reference.length <= unitsHere, { kind: "decompose", reference }),
    given: (cues) => run(unitsIn(cues) <= unitsHere, { kind: "given", cues }),
    read: (item) => run(unitsOf(item) <= unitsHere, { kind: "read", item }),
    compare(comparison) {
      const here = pairsOf(comparison) <= pairsHere;
      return run(here, { kind: "compare", comparison: here ? comparison : alone(comparison) });
    },
    close: () => pool.close(),
  };
}

const unitsIn = (texts: readonly { text: string }[]): number =>
  texts.reduce((sum, { text }) => sum + text.length, 0);

const unitsOf = ({ response, reference }: ScoreItem): number =>
  response.length + unitsIn(reference.cues);

/** An upper bound: a clause has a character and a mark. */
function pairsOf({ item, delta }: Comparison): number {
  const clauses = delta === null ? 0 : item.response.length / 8;
  return item.reference.cues.length * (item.claims.length + clauses);
}

/** With only its own vectors: what another thread gets is copied. */
function alone(comparison: Comparison): Comparison {
  const { item, vectors, delta } = comparison;
  const texts = [...phrasesOf(item), ...(delta === null ? [] : paperTexts(item))];
  const own = texts.flatMap((text) => {
    const vector = vectors.get(text);
    return vector ? [[text, vector] as const] : [];
  });
  return { ...comparison, vectors: new Map(own) };
}

const phrasesOf = ({ claimPhrases, cuePhrases }: ReadItem): string[] =>
  [...claimPhrases, ...cuePhrases].map(({ embedded }) => embedded);

/** No text that fits a request takes so long; if one does, it is said, and nobody waits for it. */
function overBudget(error: unknown, limitSec: number): unknown {
  if (!(error instanceof OppoError) || error.code !== "JOB_TIMEOUT") return error;
  return new RequestError(413, "TEXT_BUDGET", `a text took longer to read than ${limitSec} s`, {
    hint: "send a shorter one",
    cause: error,
  });
}
