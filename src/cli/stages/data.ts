import type { Experiment } from "../../config/schema.ts";
import type { Split, SplitRow, Stage } from "../../data/clip-row.ts";
import { coldStartTexts } from "../../data/cold-start/texts.ts";
import type { OpenedSource } from "../../data/source.ts";
import { openSource } from "../sources.ts";
import type { Workspace } from "../workspace.ts";
import { recordData } from "./data-record.ts";
import { referenceOf } from "./references.ts";

/** The rows of an experiment, before anything is rendered, decoded or trained. */
export interface Data {
  source: OpenedSource;
  rows: readonly SplitRow[];
  /**
   * Responses for the cold start to imitate, by training clip; none where its reference says
   * nothing.
   */
  texts: ReadonlyMap<string, readonly string[]>;
}

/** Opens the experiment's source of clips. @throws RunError `RUN_DATA_DIFFERS`. */
export async function openData(workspace: Workspace): Promise<Data> {
  const { experiment, layout } = workspace;
  const source = await openSource(experiment, layout.root);
  const { rows } = source;
  if (experiment.data.source !== "synthetic") recordData(workspace, rows);
  return { source, rows, texts: textsOf(rows, experiment) };
}

/** The source's own texts, or such as its references give. */
export function textsOf(
  rows: readonly SplitRow[],
  { coldStart, seed }: Pick<Workspace["experiment"], "coldStart" | "seed">,
): Map<string, readonly string[]> {
  return new Map(
    rowsOf({ rows }, "train").map((row) => [
      row.id,
      row.coldStart ?? coldStartTexts(row, referenceOf(row), coldStart, String(seed)),
    ]),
  );
}

export function rowsOf({ rows }: Pick<Data, "rows">, split: Split): SplitRow[] {
  return rows.filter((row) => row.split === split);
}

/**
 * The training clips of the cold start, or those kept for reinforcement learning: as the division
 * of the data drew them (`data.split.sft`), else the first of them and the others (`sft.share`).
 */
export function trainingRows(
  { experiment }: { experiment: { sft: Pick<Experiment["sft"], "share"> } },
  data: Pick<Data, "rows">,
  purpose: Stage,
): SplitRow[] {
  const rows = rowsOf(data, "train");
  if (rows.some(({ stage }) => stage !== undefined)) {
    return rows.filter(({ stage }) => stage === purpose);
  }
  if (experiment.sft.share === 1) return rows;
  const cut = Math.round(rows.length * experiment.sft.share);
  return purpose === "sft" ? rows.slice(0, cut) : rows.slice(cut);
}

/** Clips with texts to imitate, of those that the cold start sees. */
export function demonstrationRows(
  workspace: Pick<Workspace, "experiment">,
  data: Data,
): SplitRow[] {
  return trainingRows(workspace, data, "sft").filter(({ id }) => data.texts.get(id)!.length > 0);
}

/** The clips that teach the ceiling: the cold start's, or with `ceiling: all` every training clip. */
export function ceilingRows(workspace: Pick<Workspace, "experiment">, data: Data): SplitRow[] {
  if (workspace.experiment.ceiling !== "all") return demonstrationRows(workspace, data);
  return rowsOf(data, "train").filter(({ id }) => data.texts.get(id)!.length > 0);
}
