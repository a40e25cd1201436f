import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pythonFixed } from "../../../core/python-text.ts";
import {
  type EmotionMapping,
  isSentimentSet,
  type MerSetId,
  merSets,
  publishedScores,
  type SetRuns,
  scoreMerUniBench,
} from "../../mer-unibench/index.ts";
import { readLabelPredictions, readSentimentPredictions } from "../predictions.ts";
import { readLabels, readValues } from "../truth.ts";
import { readMapping } from "../wheels.ts";

export interface PublishedCheck {
  set: MerSetId;
  checkpoint: string;
  /** In percent with two decimals, as the table is printed. */
  published: string;
  /** The same from stored predictions under the published mapping, strict mode. */
  got: string;
  /** Under the corrected mapping, where the data folder has it; shown, not compared. */
  corrected?: string;
}

/**
 * Main metrics of AffectGPT from its stored predictions, beside the published table: every set of
 * which `data` holds `labels/SET.json` and `affectgpt_outputs/SET.epochN.jsonl`.
 */
export async function checkPublished(data: string): Promise<PublishedCheck[]> {
  const outputs = join(data, "affectgpt_outputs");
  if (!existsSync(outputs)) return [];
  const wheels = join(data, "emotion_wheel");
  const published = await readMapping(join(wheels, "unibench"));
  const correctedFolder = join(wheels, "mer2026");
  const corrected = existsSync(correctedFolder) ? await readMapping(correctedFolder) : undefined;
  const checks: PublishedCheck[] = [];
  for (const { id } of merSets) {
    const truth = join(data, "labels", `${id}.json`);
    const file = readdirSync(outputs).find((name) => name.startsWith(`${id}.epoch`));
    if (file === undefined || !existsSync(truth)) continue;
    const checkpoint = /epoch(\d+)/.exec(file)?.[1] ?? file;
    const runs = await setRuns(id, truth, join(outputs, file), checkpoint);
    checks.push({
      set: id,
      checkpoint,
      published: pythonFixed(publishedScores.AffectGPT![id], 2),
      got: mainPercent(runs, published),
      ...(corrected ? { corrected: mainPercent(runs, corrected) } : {}),
    });
  }
  return checks;
}

async function setRuns(
  set: MerSetId,
  truth: string,
  file: string,
  checkpoint: string,
): Promise<SetRuns> {
  if (isSentimentSet(set)) {
    const predictions = await readSentimentPredictions(file);
    return { set, truth: await readValues(set, truth), runs: [{ checkpoint, predictions }] };
  }
  const predictions = await readLabelPredictions(file);
  return { set, truth: await readLabels(set, truth), runs: [{ checkpoint, predictions }] };
}

function mainPercent(runs: SetRuns, mapping: EmotionMapping): string {
  const { sets } = scoreMerUniBench({ sets: [runs], mapping });
  return pythonFixed(100 * sets[0]!.runs[0]!.score.main, 2);
}
