import { BenchError } from "../../core/errors.ts";
import { type ProgressListener, silent } from "../../core/progress.ts";
import { Rng } from "../../core/rng.ts";
import { type EvidenceModality, evidenceModalities } from "../../cues/cue.ts";
import { streamOf } from "../../cues/streams.ts";
import type { Datum, Policy } from "../../policy/port.ts";
import { type MaskRatio, maskPrompt } from "../../prompt/masks.ts";
import type { Modality, Prompt } from "../../prompt/prompt.ts";
import { klChange, type PassRows } from "./change.ts";
import { finiteSums } from "./finite.ts";

/** Ways a stream is hidden: the printed share of it, or all of it. */
export const hidings = ["ratio", "blank"] as const;
export type Hiding = (typeof hidings)[number];

/** A text to be read under every pass. */
export interface ReadText {
  id: string;
  prompt: Prompt;
  tokens: Int32Array;
  /** T_V and T_A: indices of evidence tokens, ascending. */
  evidence: Readonly<Record<EvidenceModality, readonly number[]>>;
}

/** Two policies that read the same texts: the cold start, and what was trained from it. */
export interface PolicyPair {
  before: Policy;
  after: Policy;
}

export interface PassOptions {
  mask: MaskRatio;
  /** One feature row of black frames, and of silence. */
  blank: Readonly<Record<Modality, Float32Array>>;
  /** Of the masks; the same for every system. */
  seed: string;
  /** Texts per call of a policy. */
  chunk: number;
}

/** Nats summed over tokens, and how many: one text. Every name of `passMeasures`. */
export type PassSums = Readonly<Record<string, readonly [sum: number, tokens: number]>>;

/**
 * Reads texts with both policies under the full pass and every masked one.
 *
 * - `nll/full/…`, `nll/<hiding>/…`: all tokens; a masked pass is the mean of the two streams';
 * - `evidence/…`: T_V with the video hidden and T_A with the audio, and the full pass there;
 * - `kl/<hiding>/…`: KL(p‖p^m) over the whole vocabulary at the same tokens, nats;
 * - `kl/<hiding>/by-full`, `…/by-masked`: its change, shared between the passes (`klChange`).
 *
 * @throws BenchError WHOLE_VOCABULARY where a policy knows sampled tokens only, NOT_FINITE.
 */
export async function readPasses(
  { before, after }: PolicyPair,
  texts: readonly ReadText[],
  options: PassOptions,
  progress: ProgressListener = silent,
): Promise<PassSums[]> {
  for (const { id, capabilities } of [before, after]) {
    if (capabilities.wholeVocabulary) continue;
    throw new BenchError("WHOLE_VOCABULARY", `the policy ${id} knows sampled tokens only`, {
      hint: "read passes with an engine that gives whole-vocabulary log-probs (embedded)",
    });
  }
  const out: PassSums[] = [];
  for (let start = 0; start < texts.length; start += options.chunk) {
    const part = texts.slice(start, start + options.chunk);
    const shown = part.map((text) => ({ text, hidden: hiddenOf(text, options) }));
    const [was, is] = [await readWith(before, shown), await readWith(after, shown)];
    part.forEach((text, at) => {
      out.push(finiteSums(sumsOf(text, was[at]!, is[at]!), text.id, after.id));
    });
    progress({ step: "passes", done: out.length, total: texts.length });
  }
  return out;
}

type Hidden = Readonly<Record<Hiding, Readonly<Record<Modality, Prompt>>>>;

function hiddenOf({ id, prompt }: ReadText, { mask, blank, seed }: PassOptions): Hidden {
  const by = (hiding: Hiding, stream: Modality) =>
    hiding === "blank"
      ? maskPrompt(prompt, stream, "blank", { blank })
      : maskPrompt(prompt, stream, "ratio", {
          ratio: mask,
          rng: new Rng(`${seed}/${id}/${stream}`),
        });
  const both = (hiding: Hiding) => ({ video: by(hiding, "video"), audio: by(hiding, "audio") });
  return { ratio: both("ratio"), blank: both("blank") };
}

/** One pass of a text: log-probs of its tokens, and rows at the evidence that it is read for. */
interface Pass {
  logprobs: Float32Array;
  rows: Readonly<Record<EvidenceModality, Float32Array>>;
}

interface Passes {
  full: Pass;
  masked: Readonly<Record<Hiding, Readonly<Record<EvidenceModality, Pass>>>>;
  vocabulary: number;
}

async function readWith(
  policy: Policy,
  shown: readonly { text: ReadText; hidden: Hidden }[],
): Promise<Passes[]> {
  const pass = (promptOf: (at: number) => Prompt, modalities: readonly EvidenceModality[]) =>
    readPass(
      policy,
      shown.map(({ text }, at) => ({ text, prompt: promptOf(at) })),
      modalities,
    );
  const full = await pass((at) => shown[at]!.text.prompt, evidenceModalities);
  const masked = {} as Record<Hiding, Record<EvidenceModality, Pass[]>>;
  for (const hiding of hidings) {
    masked[hiding] = { visual: [], acoustic: [] };
    for (const modality of evidenceModalities) {
      const stream = streamOf[modality];
      masked[hiding][modality] = await pass((at) => shown[at]!.hidden[hiding][stream], [modality]);
    }
  }
  const at = (index: number, hiding: Hiding) => ({
    visual: masked[hiding].visual[index]!,
    acoustic: masked[hiding].acoustic[index]!,
  });
  return shown.map(({ text }, index) => ({
    full: full[index]!,
    masked: { ratio: at(index, "ratio"), blank: at(index, "blank") },
    vocabulary: vocabularyOf(text, full[index]!),
  }));
}

async function readPass(
  policy: Policy,
  data: readonly { text: ReadText; prompt: Prompt }[],
  modalities: readonly EvidenceModality[],
): Promise<Pass[]> {
  const asked = data.map(({ text, prompt }): Datum & { whole: number[] } => {
    const tokens = new Set(modalities.flatMap((modality) => text.evidence[modality]));
    return { prompt, tokens: text.tokens, whole: [...tokens].sort((a, b) => a - b) };
  });
  const read = await policy.distributions(asked);
  return data.map(({ text }, index) => {
    const { whole } = asked[index]!;
    const { logprobs, rows } = read[index]!;
    const of = (modality: EvidenceModality) =>
      modalities.includes(modality)
        ? rowsAt(rows, whole, text.evidence[modality])
        : new Float32Array(0);
    return { logprobs, rows: { visual: of("visual"), acoustic: of("acoustic") } };
  });
}

/** The rows of some of the positions that were read. */
function rowsAt(
  rows: Float32Array,
  read: readonly number[],
  wanted: readonly number[],
): Float32Array {
  const vocabulary = read.length === 0 ? 0 : rows.length / read.length;
  const out = new Float32Array(wanted.length * vocabulary);
  wanted.forEach((token, row) => {
    const from = read.indexOf(token) * vocabulary;
    out.set(rows.subarray(from, from + vocabulary), row * vocabulary);
  });
  return out;
}

function vocabularyOf({ evidence }: ReadText, { rows }: Pass): number {
  const positions = evidence.visual.length + evidence.acoustic.length;
  return positions === 0 ? 0 : (rows.visual.length + rows.acoustic.length) / positions;
}

function sumsOf(text: ReadText, was: Passes, is: Passes): PassSums {
  const out: Record<string, readonly [number, number]> = {};
  const every = [...text.tokens.keys()];
  for (const [when, { full, masked }] of [
    ["before", was],
    ["after", is],
  ] as const) {
    const nll = (pass: Pass, tokens: readonly number[]) =>
      [-sum(tokens.map((token) => pass.logprobs[token]!)), tokens.length] as const;
    const at = (passOf: (modality: EvidenceModality) => Pass) =>
      both((modality) => nll(passOf(modality), text.evidence[modality]));
    out[`nll/full/${when}`] = nll(full, every);
    out[`evidence/full/${when}`] = at(() => full);
    for (const hiding of hidings) {
      out[`nll/${hiding}/${when}`] = both((modality) => nll(masked[hiding][modality], every));
      out[`evidence/${hiding}/${when}`] = at((modality) => masked[hiding][modality]);
    }
  }
  for (const hiding of hidings) {
    const names = ["before", "after", "by-full", "by-masked"] as const;
    for (const name of names) {
      out[`kl/${hiding}/${name}`] = both((modality) => {
        const rows = ({ full, masked }: Passes): PassRows => ({
          full: full.rows[modality],
          masked: masked[hiding][modality].rows[modality],
        });
        const changes = klChange(rows(was), rows(is), was.vocabulary);
        return [sum(changes.map((change) => change[name])), changes.length];
      });
    }
  }
  return out;
}

function both(of: (modality: EvidenceModality) => readonly [number, number]) {
  const [a, b] = [of("visual"), of("acoustic")];
  return [a[0] + b[0], a[1] + b[1]] as const;
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
