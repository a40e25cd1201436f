import { type ProgressListener, silent } from "../../core/progress.ts";
import { type EvidenceModality, evidenceModalities } from "../../cues/cue.ts";
import { rowKl } from "../../loss/whole.ts";
import type { Policy } from "../../policy/port.ts";
import type { Prompt } from "../../prompt/prompt.ts";
import { finiteSums } from "./finite.ts";

/** A divergence from a masked pass in its two parts, nats. */
export interface SplitDivergence {
  /** mean_d KL(p_d‖q): what the printed loss raises, on average over the streams. */
  divergence: number;
  /** mean_d KL(p_d‖p̄): how much the word depends on which stream is shown. */
  information: number;
  /** KL(p̄‖q): how far the masked pass lies from the mean of what it hides. */
  gap: number;
}

/**
 * The variational gap of the printed loss (OPPO 2606.25325 calls its J an upper bound of the mutual
 * information: J = I + gap), position by position: mean_d KL(p_d‖q) = mean_d KL(p_d‖p̄) + KL(p̄‖q)
 * with p̄ the mean of the p_d holds exactly for any streams d. Of S streams the information is too
 * small, and the gap too large, by about information/(S − 1).
 *
 * @param shown log-probs with each stream d, [positions × V] each.
 * @param hidden log-probs with the stream hidden, [positions × V].
 */
export function splitDivergence(
  shown: readonly ArrayLike<number>[],
  hidden: ArrayLike<number>,
  vocabulary: number,
): SplitDivergence[] {
  const positions = vocabulary === 0 ? 0 : hidden.length / vocabulary;
  return Array.from({ length: positions }, (_, row) => {
    const from = row * vocabulary;
    const centre = Float64Array.from({ length: vocabulary }, (_, v) =>
      Math.log(shown.reduce((sum, rows) => sum + Math.exp(rows[from + v]!), 0) / shown.length),
    );
    const meanKl = (to: ArrayLike<number>, at: number) =>
      shown.reduce((sum, rows) => sum + rowKl(rows, to, vocabulary, { p: from, q: at }), 0) /
      shown.length;
    return {
      divergence: meanKl(hidden, from),
      information: meanKl(centre, 0),
      gap: rowKl(centre, hidden, vocabulary, { p: 0, q: from }),
    };
  });
}

/** A text with what each stream of it could have been. */
export interface GapText {
  id: string;
  tokens: Int32Array;
  /** T_V and T_A: indices of evidence tokens, ascending. */
  evidence: Readonly<Record<EvidenceModality, readonly number[]>>;
  /** The prompt with the modality's stream replaced; as many for every text. */
  shown: Readonly<Record<EvidenceModality, readonly Prompt[]>>;
  /** The prompt with it hidden. */
  hidden: Readonly<Record<EvidenceModality, Prompt>>;
}

/** Nats summed over a text's evidence tokens, and how many. */
export type GapSums = Readonly<Record<keyof SplitDivergence, readonly [number, number]>>;

/**
 * The parts of the divergence at each text's evidence, `chunk` texts to a call.
 * @throws BenchError NOT_FINITE.
 */
export async function readGaps(
  policy: Policy,
  texts: readonly GapText[],
  chunk: number,
  progress: ProgressListener = silent,
): Promise<GapSums[]> {
  const out: GapSums[] = [];
  for (let start = 0; start < texts.length; start += chunk) {
    const part = texts.slice(start, start + chunk);
    const split = part.map((): SplitDivergence[] => []);
    for (const modality of evidenceModalities) {
      const rowsWith = async (promptOf: (text: GapText) => Prompt) => {
        const asked = part.map((text) => ({
          prompt: promptOf(text),
          tokens: text.tokens,
          whole: text.evidence[modality],
        }));
        return (await policy.distributions(asked)).map(({ rows }) => rows);
      };
      const hidden = await rowsWith((text) => text.hidden[modality]);
      const shown: Float32Array[][] = [];
      for (let d = 0; d < part[0]!.shown[modality].length; d++) {
        shown.push(await rowsWith((text) => text.shown[modality][d]!));
      }
      part.forEach((text, at) => {
        const positions = text.evidence[modality].length;
        if (positions === 0) return;
        const each = shown.map((stream) => stream[at]!);
        split[at]!.push(...splitDivergence(each, hidden[at]!, hidden[at]!.length / positions));
      });
    }
    split.forEach((positions, at) => {
      out.push(finiteSums(sumsOf(positions), part[at]!.id, policy.id));
    });
    progress({ step: "gap", done: out.length, total: texts.length });
  }
  return out;
}

function sumsOf(positions: readonly SplitDivergence[]): GapSums {
  const of = (part: keyof SplitDivergence) =>
    [positions.reduce((sum, each) => sum + each[part], 0), positions.length] as const;
  return { divergence: of("divergence"), information: of("information"), gap: of("gap") };
}
