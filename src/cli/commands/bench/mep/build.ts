import { Command } from "@commander-js/extra-typings";
import { choose } from "../../../../bench/ask/choose.ts";
import { buildMepItems, defaultItemOptions } from "../../../../bench/mep/reference/build.ts";
import type { CueExtractor } from "../../../../bench/mep/reference/extractors.ts";
import {
  encodeMepItems,
  type MepItems,
  mepItemsHash,
} from "../../../../bench/mep/reference/items.ts";
import { counted } from "../../../../core/counted.ts";
import { writeFileAtomic } from "../../../../core/files.ts";
import { given } from "../../../given.ts";
import { readOptionsOf } from "../../../list-options.ts";
import { cosine, wholeNumber } from "../../../numbers.ts";
import { say } from "../../../print.ts";
import { cueFileId, itemFlags } from "./item-flags.ts";
import { type RowOptions, readReferenceRows } from "./rows.ts";
import { type EmbedderChoice, extractorNamed, openMepEmbedder } from "./tools.ts";

export interface BuildOptions extends RowOptions, EmbedderChoice {
  data: string;
  out: string;
  extractor: string;
  seed: string;
  probes: number;
  absentProbes: number;
  absentBelow: number;
  /** So many rows, drawn by seed. */
  sample?: number;
}

/** Builds, writes and returns an item set. The same inputs give the same bytes. */
export async function buildItemFile(options: BuildOptions): Promise<MepItems> {
  const { rows, source, missing, notes } = readReferenceRows(options.data, options);
  for (const note of notes) say(`  ${note}`);
  const { seed, probes, absentProbes, absentBelow, sample } = options;
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const drawn =
    sample === undefined
      ? sorted
      : choose(sorted, (row) => String(row.congruent), { sample, seed: `mep-sample/${seed}` });
  const embedder = await openMepEmbedder(options);
  try {
    const items = await buildMepItems(
      drawn,
      source,
      { extractor: extractorOf(options), embedder },
      { seed, probes, absentProbes, absentBelow },
    );
    const complete = { ...items, left: [...items.left, ...missing] };
    writeFileAtomic(options.out, encodeMepItems(complete));
    return complete;
  } finally {
    await embedder.close?.();
  }
}

/** Cues from a file carry its name and content in place of an extractor's version. */
function extractorOf({ cues, extractor }: BuildOptions): CueExtractor {
  if (cues === undefined) return extractorNamed(extractor);
  return { ...extractorNamed(extractor), id: cueFileId(cues) };
}

/** `oppo bench mep build`. */
export function mepBuildCommand() {
  const command = new Command("build")
    .description("freeze a MEP-Bench item set from reference reasoning, no model in the loop")
    .requiredOption("--data <list>", "reasoning texts: CSV, TSV, JSON or JSONL, one row a clip")
    .requiredOption("--out <file>", "item file to write")
    .option("--clips <folder>", "clips; without them the set is text-only: utilization alone")
    .option("--videos <folder>", "the same as --clips")
    .option("--column <name>", "the same as --text");
  for (const option of itemFlags()) command.addOption(option);
  return command
    .option(
      "--sample <rows>",
      "so many rows, drawn by seed in proportion to congruent ones",
      wholeNumber(2),
    )
    .option("--cues <file>", "JSONL of cues made elsewhere, in place of an extractor")
    .option("--extractor <name>", "rules or sections", "rules")
    .option("--seed <text>", "seed of probes and donors", defaultItemOptions.seed)
    .option(
      "--probes <n>",
      "present cues asked, per modality",
      wholeNumber(0),
      defaultItemOptions.probes,
    )
    .option(
      "--absent-probes <n>",
      "cues of others asked",
      wholeNumber(0),
      defaultItemOptions.absentProbes,
    )
    .option(
      "--absent-below <cosine>",
      "an absent cue stays this far from every own one",
      cosine,
      defaultItemOptions.absentBelow,
    )
    .action(async ({ column, videos, ...flags }) => {
      const clips = flags.clips ?? videos;
      const options = { ...flags, ...(clips !== undefined && { clips }) };
      const read = readOptionsOf({ ...(column === undefined ? {} : { text: column }), ...options });
      const items = await buildItemFile({ ...given<BuildOptions>(options), read });
      report(items, options.clips !== undefined);
      process.stdout.write(`${options.out}\n`);
    });
}

function report(items: MepItems, withClips: boolean): void {
  const probes = items.samples.flatMap((sample) => sample.probes);
  const absent = probes.filter(({ kind }) => kind === "absent").length;
  say(
    `  ${counted(items.samples.length, "sample")}, ${probes.length - absent} present and ${absent} absent probes; sha256 ${mepItemsHash(items).slice(0, 12)}`,
  );
  if (items.left.length > 0) {
    const [first] = items.left;
    say(
      `  ! ${counted(items.left.length, "row")} left out, the first: ${first!.id}: ${first!.reason}`,
    );
  }
  if (!withClips) {
    say("  ! no clips: utilization only. Probes and masked descriptions need --clips.");
  }
}
