import { dirname } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { buildPaperItems } from "../../../../bench/mep/paper/build.ts";
import { chatDecomposer, ruleDecomposer } from "../../../../bench/mep/paper/chat-decomposer.ts";
import {
  defaultPaperOptions,
  type PaperDecomposer,
  type PaperItemOptions,
  type PaperItems,
} from "../../../../bench/mep/paper/items.ts";
import { encodeMepItems, mepItemsHash } from "../../../../bench/mep/reference/items.ts";
import { writeFileAtomic } from "../../../../core/files.ts";
import { given } from "../../../given.ts";
import { type ListFlags, readOptionsOf } from "../../../list-options.ts";
import { wholeNumber } from "../../../numbers.ts";
import { progressPrinter, say } from "../../../print.ts";
import { cueFileId, itemFlags } from "../mep/item-flags.ts";
import { type RowOptions, readReferenceRows } from "../mep/rows.ts";
import { type EmbedderChoice, extractorNamed, openMepEmbedder } from "../mep/tools.ts";
import { addJudgeOptions, type JudgeOptions } from "../model/model-options.ts";
import { openJudge } from "../model/open-model.ts";

export interface PaperBuildOptions
  extends RowOptions,
    EmbedderChoice,
    JudgeOptions,
    Omit<PaperItemOptions, "absentBelow" | "probes"> {
  data: string;
  out: string;
  extractor: string;
}

/** Builds, writes and returns an item set. The same inputs give the same bytes. */
async function buildPaperItemFile(options: PaperBuildOptions): Promise<PaperItems> {
  const decomposer = decomposerOf(options);
  const { rows, source, missing, notes } = readReferenceRows(options.data, options);
  for (const note of notes) say(`  ${note}`);
  const { seed, samples, probesEach, absentProbes } = options;
  const embedder = await openMepEmbedder(options);
  try {
    const items = await buildPaperItems(
      rows,
      source,
      { decomposer, embedder, progress: progressPrinter() },
      { ...defaultPaperOptions, seed, samples, probesEach, absentProbes },
    );
    const complete = { ...items, left: [...items.left, ...missing] };
    writeFileAtomic(options.out, encodeMepItems(complete));
    return complete;
  } finally {
    await embedder.close?.();
  }
}

/** Cues from a file carry its name and content in place of a decomposer's name. */
function decomposerOf(options: PaperBuildOptions): PaperDecomposer {
  const { cues, extractor, out } = options;
  if (cues !== undefined) {
    return { ...ruleDecomposer(extractorNamed("rules")), id: cueFileId(cues) };
  }
  if (extractor !== "chat") return ruleDecomposer(extractorNamed(extractor));
  const server = { concurrency: 1, timeout: 120, attempts: 6 };
  return chatDecomposer(openJudge({ ...server, ...options }, dirname(out)));
}

const { seed, samples, probesEach, absentProbes } = defaultPaperOptions;

/** `oppo bench mep-paper build`. */
export function mepPaperBuildCommand() {
  const command = new Command("build")
    .description("freeze items of the paper's track, no model under test in the loop")
    .requiredOption("--data <list>", "reasoning texts: CSV, TSV, JSON or JSONL, one row a clip")
    .requiredOption("--out <file>", "item file to write")
    .option("--clips <folder>", "clips; without them only stored answers can be scored");
  for (const option of itemFlags()) command.addOption(option);
  command
    .option("--cues <file>", "JSONL of cues made elsewhere, in place of a decomposer")
    .option(
      "--extractor <name>",
      "takes references apart: chat (--judge-model), as printed; rules or sections: stand-ins",
      "chat",
    )
    .option("--seed <text>", "seed of samples and probes", seed)
    .option("--samples <n>", "samples described", wholeNumber(2), samples)
    .option("--probes-each <n>", "probes of each modality", wholeNumber(1), probesEach)
    .option(
      "--absent-probes <n>",
      "cues of others asked, per sample and modality; ours",
      wholeNumber(0),
      absentProbes,
    );
  addJudgeOptions(command as unknown as Command);
  return command.action(async (options) => {
    const chosen = given<PaperBuildOptions>(options);
    report(
      await buildPaperItemFile({ ...chosen, read: readOptionsOf(options as ListFlags) }),
      chosen,
    );
    process.stdout.write(`${options.out}\n`);
  });
}

function report(
  items: PaperItems,
  { samples: wanted, probesEach: each, clips }: PaperBuildOptions,
) {
  const probes = items.samples.flatMap((sample) => sample.probes);
  const count = (modality: string, kind: string) =>
    probes.filter((probe) => probe.modality === modality && probe.kind === kind).length;
  const [video, audio] = [count("visual", "present"), count("acoustic", "present")];
  say(
    `  ${items.samples.length} samples, ${video} video and ${audio} audio probes; sha256 ${mepItemsHash(items).slice(0, 12)}`,
  );
  if (items.samples.length < wanted) say(`  ! fewer than ${wanted} samples: every result says so`);
  if (Math.min(video, audio) < each) {
    say(`  ! fewer than ${each} probes of each modality: every result says so`);
  }
  if (!items.congruentKnown) {
    say("  ! no column says on which samples the streams agree: all are asked about");
  }
  if (items.left.length > 0) {
    const [first] = items.left;
    say(`  ! ${items.left.length} rows left out, the first: ${first!.id}: ${first!.reason}`);
  }
  if (items.phrasesLeft !== undefined) {
    say(
      `  ! ${items.phrasesLeft} phrases of the decomposer left out: not 2 to 6 words that stand in the text`,
    );
  }
  if (items.unread > 0) say(`  ${items.unread} rows were not needed`);
  if (clips === undefined) say("  ! no clips: only stored answers can be scored");
}
