import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpusOracle } from "../../bench/mep/oracle/corpus-oracle.ts";
import { evaluateMep } from "../../bench/mep/oracle/evaluate.ts";
import { readItems } from "../../bench/mep/oracle/freeze.ts";
import { contentHash } from "../../bench/mep/oracle/items.ts";
import type { MepResult } from "../../bench/mep/oracle/result.ts";
import { evaluateReference, type ReferenceResult } from "../../bench/mep/reference/evaluate.ts";
import { mepItemsHash } from "../../bench/mep/reference/items.ts";
import { readJson, sha256, writeJson } from "../../core/files.ts";
import type { Policy } from "../../policy/port.ts";
import { weightsOf } from "../../runs/stopped.ts";
import { openEmbedder } from "../../similarity/open.ts";
import { withOpened } from "../opened.ts";
import { say } from "../print.ts";
import { timed } from "../timings.ts";
import type { Workspace } from "../workspace.ts";
import type { Clips } from "./clips.ts";
import { readReferenceItems } from "./items.ts";
import { measuredPolicy } from "./policy.ts";

/** What one system reached, by the tracks it was measured on. */
export interface Measured {
  name: string;
  oracle?: MepResult;
  reference?: ReferenceResult;
}

/** A result with the digest of the weights it belongs to. */
type Kept<Result> = Result & { weights: string };

interface Track<Result> {
  file: string;
  itemsHash: string;
  rules: string;
  measure(policy: Policy): Promise<Result>;
}

/**
 * Measures one trained system on the frozen items; an existing result on the same items is kept.
 */
export async function runEvaluation(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Promise<Measured> {
  const { oracle, reference } = tracksOf(workspace, clips, system);
  const onOracle = oracle && (await onTrack(workspace, clips, system, oracle));
  const onReference = reference && (await onTrack(workspace, clips, system, reference));
  return measured(system, onOracle, onReference);
}

/** What a system reached, where all of it is measured by now; nothing is run. */
export function measuredBefore(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Measured | undefined {
  const { oracle, reference } = tracksOf(workspace, clips, system);
  const weights = digestOf(workspace, system);
  const onOracle = oracle && keptResult(oracle, weights);
  const onReference = reference && keptResult(reference, weights);
  if ((oracle && !onOracle) || (reference && !onReference)) return undefined;
  return measured(system, onOracle, onReference);
}

const measured = (
  name: string,
  oracle: MepResult | undefined,
  reference: ReferenceResult | undefined,
): Measured => ({ name, ...(oracle && { oracle }), ...(reference && { reference }) });

/** Tracks that have frozen items. */
function tracksOf(workspace: Workspace, clips: Clips, system: string) {
  const { layout } = workspace;
  return {
    oracle: existsSync(layout.items) ? oracleTrack(workspace, clips, system) : undefined,
    reference: existsSync(layout.referenceItems)
      ? referenceTrack(workspace, clips, system)
      : undefined,
  };
}

/** A result of these items, rules and weights. */
function keptResult<Result extends { itemsHash: string; rules: string }>(
  { file, itemsHash, rules }: Track<Result>,
  weights: string,
): Kept<Result> | undefined {
  if (!existsSync(file)) return undefined;
  const known = readJson<Kept<Result>>(file);
  const current = known.itemsHash === itemsHash && known.rules === rules;
  return current && known.weights === weights ? known : undefined;
}

async function onTrack<Result extends { itemsHash: string; rules: string }>(
  workspace: Workspace,
  clips: Clips,
  system: string,
  track: Track<Result>,
): Promise<Result> {
  const weights = digestOf(workspace, system);
  const known = keptResult(track, weights);
  if (known !== undefined) {
    say(`  ${system}: finished before`);
    return known;
  }
  return withOpened(async (keep) => {
    const policy = keep(await measuredPolicy(workspace, clips, system));
    const result = await timed(workspace.took, `evaluate ${system}`, () => track.measure(policy));
    const kept: Kept<Result> = { ...result, weights };
    writeJson(track.file, kept);
    return kept;
  });
}

function oracleTrack(workspace: Workspace, clips: Clips, system: string): Track<MepResult> {
  const { experiment, layout } = workspace;
  const items = readItems(layout.items);
  return {
    file: layout.system(system).evaluation,
    itemsHash: contentHash(items),
    rules: items.rules,
    measure: (policy) =>
      evaluateMep({
        ...shown(workspace, clips, system, policy),
        items,
        oracle: corpusOracle(),
        options: experiment.bench.evaluation,
      }),
  };
}

function referenceTrack(
  workspace: Workspace,
  clips: Clips,
  system: string,
): Track<ReferenceResult> {
  const { experiment, layout } = workspace;
  const items = readReferenceItems(layout.referenceItems);
  const { temperature, maxTokens, seed, chunk, recordClips, bootstrapDraws } =
    experiment.bench.evaluation;
  return {
    file: layout.system(system).referenceEvaluation,
    itemsHash: mepItemsHash(items),
    rules: items.version,
    measure: (policy) =>
      withOpened(async (keep) => {
        const { embedder } = await openEmbedder(experiment.embedder);
        return evaluateReference({
          ...shown(workspace, clips, system, policy),
          items,
          embedder: keep(embedder),
          labels: new Map(clips.rows.map(({ id, labels }) => [id, labels])),
          options: {
            temperature,
            maxTokens,
            seed: String(seed),
            chunk,
            recordClips,
            bootstrapDraws,
          },
        });
      }),
  };
}

/** What both tracks show a policy. */
function shown({ progress }: Workspace, clips: Clips, system: string, policy: Policy) {
  const { tokenizer, prompts, blank } = clips;
  return {
    name: system,
    policy,
    tokenizer,
    prompts,
    blank,
    progress: (report: Parameters<Workspace["progress"]>[0]) =>
      progress({ ...report, step: `evaluate ${system}: ${report.step}` }),
  };
}

/**
 * Digest of the weights measured: their policy.json holds the hashes of the weight files. Where
 * responses are drawn in a way of their own, that counts with them.
 */
function digestOf({ layout, experiment }: Workspace, system: string): string {
  const file = join(weightsOf(layout.system(system))?.folder ?? "", "policy.json");
  if (!existsSync(file)) return "none";
  const contrast = experiment.variants[system]?.decode.contrast;
  return sha256(
    contrast ? `${readFileSync(file, "utf8")}${JSON.stringify(contrast)}` : readFileSync(file),
  );
}
