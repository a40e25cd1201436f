import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { styleText } from "node:util";
import { OppoError } from "../../core/errors.ts";
import { readJsonl } from "../../core/jsonl.ts";
import {
  agreement,
  type BlockAgreement,
  judgeSentences,
  type SentenceVerdict,
} from "../../cues/agreement.ts";
import { type CueSet, cueModalities, evidenceModalities } from "../../cues/cue.ts";
import { decomposeReference } from "../../cues/decompose.ts";
import { parseCsv } from "../csv.ts";

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
  /** Only one side of a fixed split by hash of the id: the rules were tuned on `development` (60 %). */
  split?: "development" | "held-out";
  /** Column or key of the text; found by common names when absent. */
  column?: string;
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
 * `oppo cues FILE`: decomposes every reasoning text of a .csv or .jsonl file into cues and, where
 * position marks the modality (spec benchmarks §3), counts how often the labels agree with it.
 */
export function cuesCommand(file: string, options: CuesOptions = {}): CuesReport {
  const texts = readTexts(file, options.column).filter(({ id }) => chosen(id, options));
  if (texts.length === 0) throw new OppoError("CUES_NONE", "no text was chosen", { file });
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

const textKeys = ["english", "reasons", "reasoning", "reference", "response", "text", "content"];
const idKeys = ["id", "name", "names", "video_id"];

/** Texts of a file. @throws OppoError for an unknown format, and where no column can be the text's. */
export function readTexts(file: string, column?: string): ReasoningText[] {
  if (!existsSync(file)) throw new OppoError("FILE_MISSING", "no such file", { file });
  const records = recordsOf(file);
  const names = Object.keys(records[0] ?? {});
  const key = column ?? textKeys.find((name) => names.includes(name));
  if (key === undefined || !names.includes(key)) {
    throw new OppoError("CUES_COLUMN", `no column '${column ?? textKeys.join("', '")}'`, {
      file,
      hint: `it has: ${names.join(", ") || "nothing"}; name one with --column`,
    });
  }
  const idKey = idKeys.find((name) => names.includes(name));
  return records.map((record, index) => ({
    id: idKey === undefined ? String(index + 1) : String(record[idKey]),
    text: textOf(record[key], file, index),
  }));
}

function recordsOf(file: string): Record<string, unknown>[] {
  if (/\.csv$/i.test(file)) {
    return parseCsv(readFileSync(file, "utf8"), file).map(({ fields }) => ({ ...fields }));
  }
  if (/\.jsonl$/i.test(file)) return readJsonl<Record<string, unknown>>(file).map(withReply);
  throw new OppoError("CUES_FORMAT", "neither .csv nor .jsonl", { file });
}

/** ms-swift keeps the text as the last assistant message. */
function withReply(record: Record<string, unknown>): Record<string, unknown> {
  if (!Array.isArray(record.messages)) return record;
  const replies = (record.messages as { role?: string; content?: string }[]).filter(
    ({ role }) => role === "assistant",
  );
  return { ...record, response: record.response ?? replies.at(-1)?.content };
}

function textOf(value: unknown, file: string, index: number): string {
  if (typeof value === "string") return value;
  throw new OppoError("CUES_TEXT", `text of record ${index + 1} is not a string`, { file });
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
  const lines = [`${report.texts} texts, ${report.placed} with blocks that mark the modality`];
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
