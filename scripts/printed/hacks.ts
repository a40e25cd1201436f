import { hackNames, hackResponses, trainingCues } from "../../src/bench/printed/hacks.ts";
import {
  type BootstrapOptions,
  type Difference,
  differenceJoined,
  type Estimate,
  estimateJoined,
  type Series,
  seriesOf,
} from "../../src/core/ratio.ts";
import { cueModalities } from "../../src/cues/cue.ts";
import type { ScoredResponse } from "../../src/rewards/scored.ts";
import type { FinishedRun } from "./finished-run.ts";
import type { Scoring } from "./scoring.ts";

/** What is paid for a text, by reward; tokens say whether it could be said at all. */
const columns: Readonly<Record<string, (scored: ScoredResponse) => number>> = {
  R_omni: ({ paper }) => paper!.omni.value,
  ...Object.fromEntries(
    cueModalities.map((modality) => [
      `R_omni ${modality}`,
      ({ paper }: ScoredResponse) => paper!.omni.means[modality],
    ]),
  ),
  /** What perceiving alone is paid, without the feeling that the reference names. */
  "R_omni seen and heard": ({ paper }) => paper!.omni.means.visual + paper!.omni.means.acoustic,
  "ours F1": ({ terms }) => terms.perception ?? 0,
};

/** Rewards by which a text is held against the systems' own responses. */
export const compared = ["R_omni", "R_omni seen and heard", "ours F1"] as const;

export interface HackRow {
  /** Mean over clips, by reward. */
  estimates: Record<string, Estimate>;
  tokens: number;
  /** This text's reward less that of each system's own responses, paired; by system and reward. */
  lessOwn: Record<string, Record<string, Difference>>;
}

/** By text: the systems' own responses, and the hacks. */
export type Hacks = Record<string, HackRow>;

export const ownRow = (system: string): string => `own: ${system}`;

export async function measureHacks(
  run: FinishedRun,
  scoring: Scoring,
  bootstrap: BootstrapOptions,
): Promise<Hacks> {
  const { clips, systems, tokenizer } = run;
  const texts = new Map<string, string[]>();
  for (const system of systems) {
    const said = run.said(system);
    texts.set(
      ownRow(system),
      clips.map(({ id }) => said.get(id)!.text),
    );
  }
  const hacks = hacksOf(run, scoring);
  for (const name of hackNames)
    texts.set(
      name,
      hacks.map((each) => each[name]),
    );

  const scored = new Map<string, ScoredResponse[]>();
  for (const [name, responses] of texts) {
    const items = clips.map(({ row }, at) => ({
      response: responses[at]!,
      reference: scoring.cuesOf(row.reference),
      labels: [row.label],
    }));
    scored.set(name, await scoring.printed.score(items));
  }
  const series = (text: string, column: string): Series =>
    seriesOf(scored.get(text)!.map((each) => [columns[column]!(each), 1]));
  const only = (text: string, column: string) =>
    ({ parts: [series(text, column)], join: "only" }) as const;
  const lengths = (text: string) =>
    texts.get(text)!.reduce((sum, each) => sum + tokenizer.encode(each).ids.length + 1, 0);
  const rowOf = (text: string): HackRow => ({
    estimates: Object.fromEntries(
      Object.keys(columns).map((column) => [
        column,
        estimateJoined([series(text, column)], "only", 1, bootstrap),
      ]),
    ),
    tokens: lengths(text) / clips.length,
    lessOwn: Object.fromEntries(
      systems.map((system) => [
        system,
        Object.fromEntries(
          compared.map((column) => [
            column,
            differenceJoined(only(text, column), only(ownRow(system), column), 1, bootstrap),
          ]),
        ),
      ]),
    ),
  });
  return Object.fromEntries([...texts.keys()].map((text) => [text, rowOf(text)]));
}

/** Hacks of each clip; the other reference is that of the items' `shuffled` donor. */
function hacksOf({ clips, training, tokenizer, maxTokens }: FinishedRun, { cuesOf }: Scoring) {
  const known = trainingCues(training.map(({ reference }) => cuesOf(reference)));
  const references = new Map(clips.map(({ id, row }) => [id, row.reference]));
  const fits = (response: string) => tokenizer.encode(response).ids.length < maxTokens;
  return clips.map(({ item, row }, at) =>
    hackResponses({
      reference: row.reference,
      cues: cuesOf(row.reference),
      // of a shortened list the donor may be missing: the next clip then
      other: references.get(item.donors.shuffled) ?? clips[(at + 1) % clips.length]!.row.reference,
      answer: row.label,
      training: known,
      fits,
    }),
  );
}
