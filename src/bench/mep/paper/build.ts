import { BenchError } from "../../../core/errors.ts";
import { type ProgressListener, silent } from "../../../core/progress.ts";
import { Rng } from "../../../core/rng.ts";
import { evidenceModalities } from "../../../cues/cue.ts";
import type { Embedder } from "../../../similarity/port.ts";
import { askable, buildMepItems, type ReferenceRow } from "../reference/build.ts";
import type { MepItems, MepSample } from "../reference/items.ts";
import {
  defaultPaperOptions,
  type PaperDecomposer,
  type PaperItemOptions,
  type PaperItems,
  paperVersion,
} from "./items.ts";

export interface PaperTools {
  decomposer: PaperDecomposer;
  /** Chooses absent cues. */
  embedder: Embedder;
  progress?: ProgressListener;
}

/**
 * Freezes the items of the paper's track: no model under test is in the loop. Rows are read in an
 * order drawn by seed until enough of them are rich in cues (two of each modality that can be asked
 * about); where the source has fewer, others fill up. Same rows, tools and options give the same
 * items.
 * @throws BenchError `ITEMS_EMPTY`, `ITEMS_DUPLICATE`, `MEP_PAPER_PROBES` where clips are there but
 *   no sample can be probed.
 */
export async function buildPaperItems(
  rows: readonly ReferenceRow[],
  source: MepItems["source"],
  tools: PaperTools,
  options: PaperItemOptions = defaultPaperOptions,
): Promise<PaperItems> {
  const { chosen, left, unread, phrasesLeft } = await chooseRows(rows, tools, options);
  const extractor = { id: tools.decomposer.id, extract: () => none };
  const { embedder } = tools;
  const items = await buildMepItems(chosen, source, { extractor, embedder }, options);
  const congruentKnown = items.samples.some(({ congruent }) => congruent !== undefined);
  const samples = withDrawnProbes(items.samples, congruentKnown, options);
  if (samples.every(({ probes }) => probes.length === 0)) {
    throw new BenchError("MEP_PAPER_PROBES", "no sample can be asked about", {
      file: source.name,
      hint: congruentKnown
        ? "probes ask about samples whose 'congruent' is true; none of those has an affirmed cue of 2 to 6 words"
        : "no reference has an affirmed cue of 2 to 6 words",
    });
  }
  return {
    ...items,
    version: paperVersion,
    options,
    samples,
    left: [...items.left, ...left],
    unread,
    ...(phrasesLeft > 0 && { phrasesLeft }),
    congruentKnown,
  };
}

const none = { visual: [], acoustic: [], emotion: [] };

async function chooseRows(
  rows: readonly ReferenceRow[],
  { decomposer, progress = silent }: PaperTools,
  { seed, samples, probes }: PaperItemOptions,
) {
  const sorted = [...rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const order = new Rng(`mep-paper/${seed}/rows`).shuffle(sorted);
  const [rich, poor, left]: [ReferenceRow[], ReferenceRow[], MepItems["left"]] = [[], [], []];
  let [read, phrasesLeft] = [0, 0];
  for (const row of order) {
    if (rich.length === samples) break;
    read++;
    const found = row.cues === undefined ? await decomposer.read(row.text) : { cues: row.cues };
    progress({ step: "read references", done: rich.length, total: samples });
    if ("code" in found) {
      left.push({ id: row.id, reason: `its cues could not be read (${found.code})` });
      continue;
    }
    if ("leftOut" in found) phrasesLeft += found.leftOut ?? 0;
    const { visual, acoustic } = found.cues;
    const isRich = [visual, acoustic].every((list) => list.filter(askable).length >= probes);
    (isRich ? rich : poor).push({ ...row, cues: { visual, acoustic } });
  }
  const chosen = [...rich, ...poor].slice(0, samples);
  const spare = [...rich, ...poor].slice(samples);
  left.push(...spare.map(({ id }) => ({ id, reason: `fewer cues than ${samples} others` })));
  return { chosen, left, unread: order.length - read, phrasesLeft };
}

/** Of each modality and kind so many probes as wanted, drawn by seed over all samples. */
function withDrawnProbes(
  samples: readonly MepSample[],
  congruentKnown: boolean,
  { seed, probesEach }: PaperItemOptions,
): MepSample[] {
  const asked = samples.filter(({ congruent }) => !congruentKnown || congruent === true);
  const kept = new Set<string>();
  for (const modality of evidenceModalities) {
    for (const kind of ["present", "absent"] as const) {
      const all = asked.flatMap(({ id, probes }) =>
        probes
          .filter((probe) => probe.modality === modality && probe.kind === kind)
          .map((probe) => `${id}/${probe.id}`),
      );
      const drawn = new Rng(`mep-paper/${seed}/${modality}-${kind}`).shuffle(all);
      for (const id of drawn.slice(0, probesEach)) kept.add(id);
    }
  }
  return samples.map((sample) => ({
    ...sample,
    probes: sample.probes.filter(({ id }) => kept.has(`${sample.id}/${id}`)),
  }));
}
