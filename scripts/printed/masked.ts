import { type PassSums, type ReadText, readPasses } from "../../src/bench/printed/passes.ts";
import { printedMask } from "../../src/bench/printed/rules.ts";
import type { ProgressListener } from "../../src/core/progress.ts";
import {
  type BootstrapOptions,
  type Difference,
  differenceJoined,
  type Estimate,
  estimateJoined,
  type Series,
  seriesOf,
} from "../../src/core/ratio.ts";
import { Rng } from "../../src/core/rng.ts";
import { emotions } from "../../src/corpus/factors.ts";
import type { ManifestRow } from "../../src/corpus/manifest.ts";
import { referenceText } from "../../src/corpus/script.ts";
import { clauseTokens } from "../../src/cues/punctuated.ts";
import { evidenceTokens } from "../../src/loss/evidence.ts";
import type { Policy } from "../../src/policy/port.ts";
import type { FinishedRun } from "./finished-run.ts";
import type { Scoring } from "./scoring.ts";

/** Texts that are read under every pass; only `own` differs from system to system. */
export const textKinds = ["reference", "paraphrase", "cold start's", "own"] as const;
export type TextKind = (typeof textKinds)[number];

export interface MaskedReading {
  /** Texts longer than the policy's context, read up to its end. */
  cut: number;
  /** Nats a token, by the names of `readPasses`. */
  estimates: Record<string, Estimate>;
  /** Trained less cold start, nats a token, by the same names without the end. */
  changes: Record<string, Difference>;
}

export type Masked = Partial<Record<TextKind, MaskedReading>>;

/** What training from `before` did to each pass of `after`. */
export async function measureMasked(
  run: FinishedRun,
  system: string,
  { before, after }: { before: Policy; after: Policy },
  scoring: Scoring,
  { bootstrap, progress }: { bootstrap: BootstrapOptions; progress: ProgressListener },
): Promise<Masked> {
  const out: Masked = {};
  for (const kind of textKinds) {
    const texts = await readTexts(run, textsOf(run, system, kind), scoring);
    const sums = await readPasses(
      { before, after },
      texts,
      { mask: printedMask, blank: run.blank, seed: `${run.seed}/printed masks`, chunk: 64 },
      (report) => progress({ ...report, step: `${system}: ${kind}, ${report.step}` }),
    );
    const cut = texts.filter((text) => text.cut).length;
    out[kind] = { cut, ...readingOf(sums, bootstrap) };
  }
  return out;
}

function textsOf({ clips, said, systems }: FinishedRun, system: string, kind: TextKind) {
  if (kind === "reference") return clips.map(({ row }) => row.reference);
  if (kind === "paraphrase") return clips.map(({ row }) => paraphrase(row));
  const byId = said(kind === "own" ? system : systems[0]!);
  return clips.map(({ id }) => byId.get(id)!.text);
}

/** The same truths in other words and another order. */
function paraphrase(row: ManifestRow): string {
  const emotion = (word: string) => emotions.find((known) => known === word)!;
  const state = {
    ...row,
    label: emotion(row.label),
    visualEmotion: emotion(row.visualEmotion),
    acousticEmotion: emotion(row.acousticEmotion),
  };
  return referenceText(state, new Rng(`${row.seed}/paraphrase`));
}

/**
 * Texts as tokens, their evidence picked by the printed selector; one that fills the policy's
 * context has no end token, as a response that was cut has none.
 */
export async function readTexts(
  { clips, tokenizer, maxTokens }: FinishedRun,
  texts: readonly string[],
  { printed, cuesOf }: Scoring,
): Promise<(ReadText & { cut: boolean })[]> {
  const scored = await printed.score(
    clips.map(({ row }, at) => ({
      response: texts[at]!,
      reference: cuesOf(row.reference),
      labels: [row.label],
    })),
  );
  return clips.map(({ id, prompt }, at) => {
    const { ids, offsets } = tokenizer.encode(texts[at]!);
    const tokens = [...ids, tokenizer.eos].slice(0, maxTokens);
    const clauses = scored[at]!.paper!.clauses.flatMap(({ modality, span, match }) =>
      modality === null ? [] : [{ modality, span, match }],
    );
    const claims = clauseTokens(clauses, offsets.slice(0, maxTokens));
    return {
      id,
      prompt,
      tokens: Int32Array.from(tokens),
      cut: ids.length > maxTokens,
      evidence: {
        visual: evidenceTokens({ claims }, "visual"),
        acoustic: evidenceTokens({ claims }, "acoustic"),
      },
    };
  });
}

function readingOf(
  sums: readonly PassSums[],
  bootstrap: BootstrapOptions,
): Omit<MaskedReading, "cut"> {
  const names = Object.keys(sums[0] ?? {});
  const series = (name: string): Series => seriesOf(sums.map((each) => each[name]!));
  const only = (name: string) => ({ parts: [series(name)], join: "only" }) as const;
  const stems = names.filter((name) => name.endsWith("/before")).map((name) => name.slice(0, -7));
  return {
    estimates: Object.fromEntries(
      names.map((name) => [name, estimateJoined([series(name)], "only", 1, bootstrap)]),
    ),
    changes: Object.fromEntries(
      stems.map((stem) => [
        stem,
        differenceJoined(only(`${stem}/after`), only(`${stem}/before`), 1, bootstrap),
      ]),
    ),
  };
}
