import { existsSync } from "node:fs";
import { basename } from "node:path";
import { corpusOracle } from "../../bench/mep/oracle/corpus-oracle.ts";
import { freezeItems } from "../../bench/mep/oracle/freeze.ts";
import type { MepItems as OracleItems } from "../../bench/mep/oracle/item.ts";
import { buildItems } from "../../bench/mep/oracle/items.ts";
import { defaultItemOptions } from "../../bench/mep/reference/build.ts";
import { clipItems } from "../../bench/mep/reference/clip-items.ts";
import { ruleExtractor } from "../../bench/mep/reference/extractors.ts";
import {
  decodeMepItems,
  encodeMepItems,
  type MepItems,
  mepItemsHash,
} from "../../bench/mep/reference/items.ts";
import type { Experiment } from "../../config/schema.ts";
import { BenchError } from "../../core/errors.ts";
import { writeFileAtomic } from "../../core/files.ts";
import { readText } from "../../core/text.ts";
import { corpusTruth } from "../../corpus/source.ts";
import type { SplitRow } from "../../data/clip-row.ts";
import { weightsOf } from "../../runs/stopped.ts";
import { openEmbedder } from "../../similarity/open.ts";
import type { Workspace } from "../workspace.ts";
import { type Data, rowsOf } from "./data.ts";
import { systemsOf } from "./systems.ts";

/** Hashes of the frozen items of the tracks that a run is measured on. */
export interface Frozen {
  oracle?: string;
  reference?: string;
}

/** Items of the oracle track; undefined unless the truth of every held-out clip is known. */
export function oracleItems(
  rows: readonly SplitRow[],
  { bench }: Pick<Experiment, "bench">,
): OracleItems | undefined {
  const held = rowsOf({ rows }, bench.items.split);
  const truths = held.flatMap((row) => corpusTruth(row) ?? []);
  if (held.length === 0 || truths.length < held.length) return undefined;
  return buildItems(truths, corpusOracle(), bench.items);
}

/**
 * Freezes the benchmark items of the held-out clips, each track's in its file: the oracle track
 * where the truth of every one is known, the reference track elsewhere, or both (`bench.tracks`).
 * @throws BenchError `ITEMS_LATE` when something was trained already: items must not be made after
 *   the fact; `ITEMS_FROZEN`, `ITEMS_EMPTY`.
 */
export async function freezeBenchmark(
  workspace: Workspace,
  data: Pick<Data, "rows">,
): Promise<Frozen> {
  const { experiment, layout } = workspace;
  const known = oracleItems(data.rows, experiment);
  const frozen: Frozen = {};
  if (known !== undefined) {
    refuseLate(workspace, layout.items);
    frozen.oracle = freezeItems(layout.items, known);
  }
  if (known === undefined || experiment.bench.tracks === "both") {
    refuseLate(workspace, layout.referenceItems);
    frozen.reference = mepItemsHash(await referenceItems(workspace, data));
  }
  return frozen;
}

/**
 * Items that stand are kept: rows that were changed since are found out when the data are opened.
 */
async function referenceItems(
  { experiment, layout }: Workspace,
  data: Pick<Data, "rows">,
): Promise<MepItems> {
  const file = layout.referenceItems;
  if (existsSync(file)) return readReferenceItems(file);
  const { embedder } = await openEmbedder(experiment.embedder);
  try {
    const items = await clipItems(
      rowsOf(data, experiment.bench.items.split),
      { name: sourceName(experiment), congruent: ({ congruent }) => congruent },
      { extractor: ruleExtractor, embedder },
      { ...defaultItemOptions, seed: String(experiment.bench.items.seed) },
    );
    writeFileAtomic(file, encodeMepItems(items));
    return items;
  } finally {
    await embedder.close?.();
  }
}

export const readReferenceItems = (file: string): MepItems => decodeMepItems(readText(file), file);

function sourceName({ data }: Experiment): string {
  return typeof data.list === "string" ? basename(data.list) : data.source;
}

function refuseLate({ experiment, layout }: Workspace, file: string): void {
  if (existsSync(file)) return;
  const trained = systemsOf(experiment).filter((system) => weightsOf(layout.system(system)));
  if (trained.length === 0) return;
  throw new BenchError("ITEMS_LATE", `no frozen items, but ${trained.join(", ")} trained`, {
    file,
    hint: "restore the file, or begin a new run: items made after training prove nothing",
  });
}
