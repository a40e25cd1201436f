/*
 * How much a utilization score owes to the tools that measure it: the same descriptions against the
 * same references, cues read by each extractor, matched by each embedder. The training reward uses
 * `rules` and `use-lite+concepts`; a gain that only they see is a gain at their game.
 *
 *   tsx scripts/mep-circularity.ts --data texts.csv --answers model-a.jsonl model-b.jsonl
 *
 * Answers: rows of id and text, or the journal of `oppo bench mep` (its descriptions of whole
 * clips).
 */
import { basename } from "node:path";
import { Command } from "@commander-js/extra-typings";
import { buildMepItems, type ReferenceRow } from "../src/bench/mep/reference/build.ts";
import { cueExtractors } from "../src/bench/mep/reference/extractors.ts";
import { type MepAnswer, type MepScore, scoreMep } from "../src/bench/mep/reference/score.ts";
import { readReferenceRows } from "../src/cli/commands/bench/mep/rows.ts";
import { embedderNames, openMepEmbedder } from "../src/cli/commands/bench/mep/tools.ts";
import { readJsonl } from "../src/core/jsonl.ts";

interface Row {
  id: string;
  text?: string;
  answer?: { text: string };
}

/** Descriptions of whole clips, by sample id. */
function descriptions(file: string): MepAnswer[] {
  return readJsonl<Row>(file).flatMap(({ id, text, answer }) => {
    const said = text ?? answer?.text;
    const sample = id.endsWith("/describe/full") ? id.slice(0, -"/describe/full".length) : id;
    return said === undefined || sample.includes("/") ? [] : [{ id: sample, text: said }];
  });
}

const percent = (score: MepScore, id: string): string => {
  const { value, low, high } = score.estimates[id]!;
  if (value === null) return "–";
  return low === null || high === null
    ? value.toFixed(1)
    : `${value.toFixed(1)} [${low.toFixed(0)}, ${high.toFixed(0)}]`;
};

const options = new Command()
  .requiredOption("--data <file>", "references")
  .requiredOption("--answers <file...>", "descriptions, one model a file")
  .option("--column <name>", "column of the reference text")
  .option("--where <column=value>", "only these rows")
  .option("--threshold <cosine>", "cosine from which cues match", Number, 0.6)
  .parse()
  .opts();

const read = readReferenceRows(options.data, {
  ...(options.column !== undefined && { column: options.column }),
  ...(options.where !== undefined && { where: options.where }),
});
const files = Array.isArray(options.answers) ? options.answers : [];
const models = files.map((file) => ({ name: basename(file, ".jsonl"), said: descriptions(file) }));
const answered = new Set(models.flatMap(({ said }) => said.map(({ id }) => id)));
// Text-only: this is about descriptions, whoever was asked for them.
const rows: ReferenceRow[] = read.rows
  .filter(({ id }) => answered.has(id))
  .map(({ id, text }) => ({ id, text }));
const at = options.threshold;

console.log(
  `${rows.length} references of ${read.source.name}, τ ${at}\n\n| descriptions | extractor | embedder | recall, visual | recall, acoustic | utilization | other sample | precision, visual | precision, acoustic | claims, visual | claims, acoustic |\n| --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |`,
);
for (const name of embedderNames) {
  const embedder = await openMepEmbedder({ embedder: name });
  for (const extractor of Object.values(cueExtractors)) {
    const items = await buildMepItems(rows, read.source, { extractor, embedder });
    const known = new Set(items.samples.map(({ id }) => id));
    for (const model of models) {
      const answers = model.said
        .filter(({ id }) => known.has(id))
        .map(({ id, text }) => ({ id: `${id}/describe/full`, text }));
      const thresholds = [at];
      const score = await scoreMep(items, answers, {
        extractor,
        embedder,
        thresholds,
        headline: at,
      });
      const cells = [
        model.name,
        extractor.id,
        name,
        ...["recall-visual@", "recall-acoustic@", "utilization@", "shuffled@"].map((id) =>
          percent(score, `${id}${at}`),
        ),
        ...["precision-visual@", "precision-acoustic@"].map((id) => percent(score, `${id}${at}`)),
        ...["claims-visual", "claims-acoustic"].map((id) =>
          (score.estimates[id]!.value ?? Number.NaN).toFixed(2),
        ),
      ];
      console.log(`| ${cells.join(" | ")} |`);
    }
  }
  await embedder.close?.();
}
