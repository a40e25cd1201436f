import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../core/errors.ts";
import { writeFileAtomic, writeJson } from "../core/files.ts";
import { writeJsonl } from "../core/jsonl.ts";
import { decomposeReference } from "../cues/decompose.ts";
import type { Split } from "../data/clip-row.ts";
import type { ReadOptions } from "../data/options.ts";
import { resolveLossOptions } from "../loss/presets.ts";
import { readsClauses } from "../loss/reads.ts";
import { coldStartRows, corpusColdStart } from "./cold-start.ts";
import { type Dataset, datasetRows, type SwiftRow } from "./dataset.ts";
import type { SwiftOptions } from "./options.ts";
import { pluginSettings } from "./plugin-settings.ts";
import { type DatasetSummary, runReadme } from "./readme.ts";
import { runNotes } from "./run-notes.ts";
import { type Installed, launchScripts } from "./scripts.ts";

/** Where a run's data come from: a corpus folder or a list of clips. */
export interface DataSource {
  path: string;
  /** Of a corpus, or of a list that has sides. */
  split: Split;
  /** How a list is read. */
  read?: ReadOptions;
  /** Clips for the cold start alone: a number, or a share; absent: it imitates all of them. */
  coldStart?: number;
}

/** The clips of a run, once its settings are found to fit each other. @throws as `exportSwift` */
export function openDataset(options: SwiftOptions, source: DataSource): Dataset {
  pluginSettings(options);
  const { path, split, read, coldStart } = source;
  return datasetRows(path, split, options.training.audio, read, coldStart);
}

/**
 * Writes everything a run under ms-swift is started with into `folder`. Opens no clip: `checkMedia`
 * does.
 * @throws ConfigError for settings that exclude each other and for data that can't be trained on.
 */
export function exportSwift(
  folder: string,
  options: SwiftOptions,
  source: DataSource,
  installed: Installed,
  { rows, coldStart, notes }: Dataset = openDataset(options, source),
): DatasetSummary & { notes: readonly string[] } {
  const settings = pluginSettings(options);
  const examples = existsSync(join(source.path, "corpus.json"))
    ? corpusColdStart(source.path, coldStart ?? rows, options.training.audio === "separate")
    : coldStartRows(coldStart ?? rows);
  const summary = {
    ...summarise(rows, source.path, options),
    examples: examples.length,
    apart: coldStart !== undefined,
  };
  const scripts = launchScripts(options, installed);
  writeJsonl(join(folder, "data.jsonl"), rows);
  writeJsonl(join(folder, "sft.jsonl"), examples);
  writeJson(join(folder, "oppo.json"), settings);
  writeJson(join(folder, "serve.json"), options);
  for (const [name, text] of Object.entries(scripts)) {
    writeFileAtomic(join(folder, name), text);
    if (name.endsWith(".sh") && name !== "env.sh") chmodSync(join(folder, name), 0o755);
  }
  writeFileAtomic(join(folder, "README.md"), runReadme(options, summary, Object.keys(scripts)));
  return { ...summary, notes: [...notes, ...runNotes(options)] };
}

/**
 * Counts what the rules find in the references; nothing at all means rewards without perception.
 */
function summarise(
  rows: readonly SwiftRow[],
  source: string,
  { decomposer, loss, reward }: SwiftOptions,
): Omit<DatasetSummary, "examples" | "apart"> {
  const sets = rows.map(({ reference }) => decomposeReference(reference).cues);
  const naming = (modality: string) =>
    sets.filter((cues) => cues.some((cue) => cue.modality === modality)).length;
  const summary = {
    rows: rows.length,
    visual: naming("visual"),
    acoustic: naming("acoustic"),
    source,
  };
  const found = summary.visual + summary.acoustic > 0;
  const perceives = reward.form === "paper" ? reward.paper.alpha : reward.weights.perception;
  const needed = perceives > 0 || readsClauses(resolveLossOptions(loss));
  if (!found && decomposer.kind === "rules" && needed) {
    throw new ConfigError("DATA_NO_CUES", "no reference names anything seen or heard", {
      file: source,
      hint: "the rules read English; `oppo cues FILE` shows what they find; or use decomposer.kind model",
    });
  }
  return summary;
}
