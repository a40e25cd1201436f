import { createHash } from "node:crypto";
import { styleText } from "node:util";
import { counted } from "../../core/counted.ts";
import { OppoError } from "../../core/errors.ts";
import {
  agreement,
  type BlockAgreement,
  judgeSentences,
  type SentenceVerdict,
} from "../../cues/agreement.ts";
import { type CueSet, cueModalities, evidenceModalities } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { type ReadOptions, readClips } from "../../data/index.ts";
import { say } from "../print.ts";

/** One reasoning text of a file. */
export interface ReasoningText {
  id: string;
  text: string;
}

export interface CuesOptions {
  /** One JSON object per text, and the agreement as the last one. */
  json?: boolean;
  /** Print only the first texts; agreement is still over all that were read. */
  limit?: number;
  /** Only these ids. */
  ids?: readonly string[];
  /**
   * Only one side of a fixed split by hash of the id: the rules were tuned on `development` (60 %).
   */
  split?: "development" | "held-out";
  /** How the list is read: its columns, its form. */
  read?: ReadOptions;
}

/** What `cuesCommand` measured: agreement with position, with and without announced sections. */
export interface CuesReport {
  texts: number;
  /** Texts whose blocks mark the modality by position. */
  placed: number;
  agreement: Record<"visual" | "acoustic", BlockAgreement>;
  /** The same without looking at "In the video" and the like: what the words alone say. */
  wordsOnly: Record<"visual" | "acoustic", BlockAgreement>;
}

/**
 * `oppo cues LIST`: decomposes every reasoning text of a list into cues and, where position marks
 * the modality ("In the video … In the audio …"), counts how often the labels agree with it.
 */
export function cuesCommand(file: string, options: CuesOptions = {}): CuesReport {
  const texts = readTexts(file, options.read).filter(({ id }) => chosen(id, options));
  if (texts.length === 0)
    throw new OppoError("CUES_NONE", "no text was chosen", {
      file,
      hint: "--text names the column of the texts; --ids and --split choose among them",
    });
  const all = texts.map(({ text }) => judgeSentences(text));
  texts.slice(0, options.limit).forEach((text, index) => {
    const cues = decomposeReference(text.text);
    const sentences = all[index]!;
    print(options.json ? JSON.stringify({ id: text.id, ...cues, sentences }) : shown(text, cues));
  });
  const report: CuesReport = {
    texts: texts.length,
    placed: all.filter((verdicts) => verdicts.length > 0).length,
    agreement: agreement(all.flat()),
    wordsOnly: agreement(texts.flatMap(({ text }) => judgeSentences(text, { sections: false }))),
  };
  print(options.json ? JSON.stringify(report) : summary(report, all.flat()));
  return report;
}

const print = (text: string): boolean => process.stdout.write(`${text}\n`);

/** Stable under reordering and under new rows, and fixed before any text was looked at. */
function chosen(id: string, { ids, split }: CuesOptions): boolean {
  if (ids && !ids.includes(id)) return false;
  if (!split) return true;
  const hash = createHash("sha256").update(id).digest().readUInt32BE(0) / 2 ** 32;
  return hash < 0.6 === (split === "development");
}

/**
 * Texts of a list, without those of rows that have none. Rows are called by their number where no
 * column names them. @throws DataError as `readClips`
 */
export function readTexts(file: string, options: ReadOptions = {}): ReasoningText[] {
  const { rows, notes } = readClips(file, options, {
    id: "number",
    media: "ignore",
    text: "column",
  });
  for (const note of notes) say(`  ${note}`);
  const texts = rows.flatMap(({ id, reference }) =>
    reference === undefined ? [] : [{ id, text: reference }],
  );
  if (texts.length < rows.length)
    say(`  ${counted(rows.length - texts.length, "row")} without a text`);
  return texts;
}

function shown({ id, text }: ReasoningText, { cues, extractor }: CueSet): string {
  const lines = [styleText("bold", id), text.trim()];
  for (const modality of cueModalities) {
    const own = cues.filter((cue) => cue.modality === modality);
    const list = own.map((cue) => (cue.positive ? cue.text : `(denied) ${cue.text}`));
    lines.push(`  ${modality.padEnd(8)} ${list.join("; ") || "none"}`);
  }
  return `${lines.join("\n")}\n  [${extractor}]\n`;
}

function summary(report: CuesReport, verdicts: readonly SentenceVerdict[]): string {
  const lines = [
    `${counted(report.texts, "text")}, ${report.placed} with blocks that mark the modality`,
  ];
  if (report.placed === 0) return lines.join("\n");
  lines.push("share of sentences  block      n   right  neutral (feeling)  mixed  other modality");
  for (const [name, counts] of [
    ["as labelled", report.agreement],
    ["words alone", report.wordsOnly],
  ] as const) {
    for (const block of evidenceModalities) lines.push(row(name, block, counts[block]));
  }
  const wrong = verdicts.filter(({ block, label }) => label !== block && isEvidence(label));
  for (const { block, label, reasons } of wrong.slice(0, 20)) {
    lines.push(`  ${block} sentence labelled ${label}: ${reasons.join(" | ")}`);
  }
  return lines.join("\n");
}

const isEvidence = (label: string): boolean => !["neutral", "emotion"].includes(label);

function row(name: string, block: string, counts: BlockAgreement): string {
  const share = (count: number) => `${((100 * count) / counts.sentences).toFixed(1)} %`.padStart(7);
  return [
    name.padEnd(19),
    block.padEnd(8),
    String(counts.sentences).padStart(4),
    share(counts.right),
    share(counts.neutral),
    `(${share(counts.emotion).trim()})`.padStart(10),
    share(counts.mixed),
    share(counts.other),
  ].join(" ");
}
