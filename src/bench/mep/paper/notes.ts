import type { PaperAnswered } from "./answers.ts";
import { defaultPaperOptions, type PaperItems } from "./items.ts";
import { printedThreshold } from "./metrics.ts";
import type { PaperMask } from "./questions.ts";

export interface Measured {
  /** Names of what read the thinking, and of what matched cues. */
  extractor: string;
  embedder: string;
  threshold: number;
  mask: PaperMask;
  /** Phrases of the thinking that broke the printed rules and were left out. */
  phrasesLeft: number;
}

/** Where the run leaves the printed protocol: sentences that go with every result. */
export function paperNotes(items: PaperItems, answered: PaperAnswered, run: Measured): string[] {
  return [
    'Acc@V and Acc@A count only "no": who always says no has 100 there and 0 on the same probes intact. Read them beside "intact" and "pair".',
    ...toolNotes(items, run),
    ...itemNotes(items),
    maskNote(answered, run),
    ...(answered.settings.temperature !== undefined && answered.settings.temperature !== 0
      ? [`Answers were drawn at temperature ${answered.settings.temperature}; printed is greedy.`]
      : []),
    ...answered.notes,
  ];
}

function toolNotes(items: PaperItems, run: Measured): string[] {
  const { extractor, embedder, threshold } = run;
  const notes: string[] = [];
  if (!/qwen3[-_ ]?embedding/i.test(embedder)) {
    notes.push(
      `Cues are matched by ${embedder}, not by Qwen3-Embedding: cue recall does not compare with published rows.`,
    );
  }
  if (!extractor.startsWith("chat:") || !items.extractor.startsWith("chat:")) {
    notes.push(
      "Cues were read by rules, or made elsewhere, on at least one side: a stand-in for the model that the paper takes as decomposer; cue recall does not compare with published rows.",
    );
  } else if (!/qwen2[._-]?5[-_ ]?7b/i.test(extractor)) {
    notes.push("The decomposer is not Qwen2.5-7B-Instruct, as it is in the paper.");
  }
  if (extractor !== items.extractor) {
    notes.push("References and thinking were taken apart by different decomposers.");
  }
  const [ofReferences, ofThinking] = [items.phrasesLeft ?? 0, run.phrasesLeft];
  if (ofReferences + ofThinking > 0) {
    notes.push(
      `Phrases that the decomposer gave again and again although they are not 2 to 6 words that stand in the text, left out: ${ofReferences} of references, ${ofThinking} of the thinking.`,
    );
  }
  if (threshold !== printedThreshold) {
    notes.push(`A cue is recalled above ${threshold}; printed is ${printedThreshold}.`);
  }
  return notes;
}

function itemNotes({ samples, source, congruentKnown }: PaperItems): string[] {
  const notes = [
    `Items of ${source.name}, frozen by hash before any model under test was asked; the paper's 300 samples of OV-MERD and its probes are not public.`,
  ];
  const wanted = defaultPaperOptions;
  if (samples.length < wanted.samples) {
    notes.push(`${samples.length} samples, fewer than the paper's ${wanted.samples}.`);
  }
  const probes = samples.flatMap((sample) => sample.probes);
  const [video, audio] = (["visual", "acoustic"] as const).map(
    (modality) =>
      probes.filter((probe) => probe.modality === modality && probe.kind === "present").length,
  );
  if (video! < wanted.probesEach || audio! < wanted.probesEach) {
    notes.push(
      `${video} probes of the video and ${audio} of the audio, fewer than the paper's ${wanted.probesEach} each.`,
    );
  }
  if (!congruentKnown) {
    notes.push(
      "The source does not say on which samples the streams agree: all were asked about; the paper asks about samples with strong audio-visual correlations alone.",
    );
  }
  return notes;
}

function maskNote({ by }: PaperAnswered, { mask }: Measured): string {
  if (by === "stored") {
    return `Stored answers: nothing is known of how their clips were masked or how they were drawn; those to masked probes are taken for answers under '${mask}', as their ids say.`;
  }
  return mask === "blank"
    ? "Masked by files: black frames or digital silence in place of the whole stream. The paper zeroes what the encoder reads (ratio 1.0), which no server can be asked to do."
    : "Masked by leaving the whole stream out. The paper zeroes what the encoder reads (ratio 1.0).";
}
