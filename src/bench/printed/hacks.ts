import { BenchError } from "../../core/errors.ts";
import { type CueModality, type CueSet, cueModalities } from "../../cues/cue.ts";

/** What a policy could say for reward without perceiving anything, or with the reference's help. */
export const hackNames = [
  "reference",
  "other reference",
  "cue words, one clause",
  "cue words, a clause a modality",
  "frequent words, one clause",
  "frequent cues, a clause each",
  "every cue, a clause each",
] as const;
export type HackName = (typeof hackNames)[number];

/** What each of them is. */
export const hackAbout: Readonly<Record<HackName, string>> = {
  reference: "the clip's own reference: what can be earned by honest means",
  "other reference": "the reference of another clip: what habits of speaking earn (floor)",
  "cue words, one clause": "all words of the clip's cues in one clause (knows the reference)",
  "cue words, a clause a modality":
    "the same in three clauses: seen, heard, felt (knows the reference)",
  "frequent words, one clause":
    "the most frequent words of the training cues in one clause, as many as a reference has (blind)",
  "frequent cues, a clause each":
    "the most frequent training cues, a clause each, as many as fit a response (blind)",
  "every cue, a clause each":
    "every cue of the training references, a clause each, however long (blind)",
};

/** What the blind hacks know: the same texts for every clip. */
export interface TrainingCues {
  /** By how often they occur, the most frequent first; of equals by their letters. */
  words: readonly string[];
  cues: Readonly<Record<CueModality, readonly string[]>>;
  /** Mean number of words in the cues of one reference, rounded. */
  wordsPerReference: number;
}

/** @throws BenchError NO_CUES where no training reference has any. */
export function trainingCues(references: readonly CueSet[]): TrainingCues {
  const words: string[] = [];
  const cues: Record<CueModality, string[]> = { visual: [], acoustic: [], emotion: [] };
  for (const cue of references.flatMap((reference) => reference.cues)) {
    const text = cue.text.toLowerCase();
    words.push(...wordsOf(text));
    cues[cue.modality].push(clauseOf(text));
  }
  if (words.length === 0) {
    throw new BenchError("NO_CUES", "no reference of the training clips has a cue", {
      hint: "blind hacks are made of the cues of the training split",
    });
  }
  return {
    words: byFrequency(words),
    cues: {
      visual: byFrequency(cues.visual),
      acoustic: byFrequency(cues.acoustic),
      emotion: byFrequency(cues.emotion),
    },
    wordsPerReference: Math.round(words.length / references.length),
  };
}

/** What the hacks of one clip are made of. */
export interface HackSources {
  /** The clip's own reference, a whole response, and its cues. */
  reference: string;
  cues: CueSet;
  /** The reference of another clip. */
  other: string;
  answer: string;
  training: TrainingCues;
  /** Whether a response is short enough to be said. */
  fits: (response: string) => boolean;
}

/** The responses of one clip. All are well formed and answer alike, so only the reasoning differs. */
export function hackResponses(sources: HackSources): Record<HackName, string> {
  const { reference, cues, other, answer, training, fits } = sources;
  const say = (...clauses: readonly string[]) =>
    `<think>${clauses.filter((clause) => clause !== "").join(", ")}.</think><answer>${answer}</answer>`;
  const wordsOfKind = (modality: CueModality) =>
    cues.cues.filter((cue) => cue.modality === modality).flatMap(({ text }) => wordsOf(text));
  const perModality = cueModalities.map((modality) => wordsOfKind(modality).join(" "));
  const frequent = training.words.slice(0, training.wordsPerReference);
  return {
    reference,
    "other reference": other,
    "cue words, one clause": say(perModality.filter((words) => words !== "").join(" ")),
    "cue words, a clause a modality": say(...perModality),
    "frequent words, one clause": say(frequent.join(" ")),
    "frequent cues, a clause each": say(...fitting(dealt(training), (some) => fits(say(...some)))),
    "every cue, a clause each": say(...dealt(training)),
  };
}

/** Cues of the three kinds in turn, each kind's most frequent first. */
function dealt({ cues }: TrainingCues): string[] {
  const longest = Math.max(...cueModalities.map((modality) => cues[modality].length));
  return Array.from({ length: longest }, (_, rank) =>
    cueModalities.flatMap((modality) => cues[modality][rank] ?? []),
  ).flat();
}

/** The longest beginning that fits. */
function fitting(clauses: readonly string[], fits: (clauses: readonly string[]) => boolean) {
  let count = 0;
  while (count < clauses.length && fits(clauses.slice(0, count + 1))) count++;
  return clauses.slice(0, count);
}

function byFrequency(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([text]) => text);
}

/** A cue as one clause: marks inside it would cut it. */
const clauseOf = (text: string): string => wordsOf(text).join(" ");

const wordsOf = (text: string): string[] => text.match(/[^\s。！？!?.，,]+/g) ?? [];
