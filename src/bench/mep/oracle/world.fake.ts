import type { FactorName, ManifestRow } from "../../../corpus/manifest.ts";
import type { EvidenceModality } from "../../../cues/cue.ts";
import type { Completion, Datum, Policy, SampleOptions } from "../../../policy/port.ts";
import type { Prompt, Stream } from "../../../prompt/prompt.ts";
import { WordTokenizer } from "../../../prompt/tokenizer.ts";
import type { Fact, Oracle } from "./oracle.ts";
import { segmentReasoning } from "./segment.ts";

/** A world small enough to compute every metric by hand: 4 emotions, 2 factors per modality. */
const prototypes: Record<string, Partial<Record<FactorName, number>>> = {
  joy: { brows: 1, mouth: 1, pitch: 1, tempo: 1 },
  sadness: { brows: 2, mouth: 2, pitch: 2, tempo: 2 },
  anger: { brows: 3, mouth: 3, pitch: 3, tempo: 3 },
  fear: { brows: 1, mouth: 3, pitch: 1, tempo: 3 },
};
const words: Partial<Record<FactorName, readonly string[]>> = {
  brows: ["raised", "lowered", "slanted"],
  mouth: ["smiling", "frowning", "open"],
  pitch: ["high", "low", "cracking"],
  tempo: ["fast", "slow", "halting"],
};
const factors: Record<EvidenceModality, FactorName[]> = {
  visual: ["brows", "mouth"],
  acoustic: ["pitch", "tempo"],
};
export const emotions = Object.keys(prototypes);
const allFactors = [...factors.visual, ...factors.acoustic];

/** "raised brows", and "very raised brows" as its longer paraphrase. */
export const phrase = ({ factor, value }: Fact): string =>
  `${words[factor]?.[value - 1]} ${factor}`;

export const fakeOracle: Oracle = {
  id: "fake-world",
  emotions,
  factors,
  values: () => [1, 2, 3],
  prototype: (emotion, factor) => prototypes[emotion]?.[factor] ?? 0,
  phrases: (fact) => [phrase(fact), `very ${phrase(fact)}`],
  probeContext: { visual: "<think>In the video,", acoustic: "<think>In the audio," },
  read: (response) => ({
    answer: /<answer>(.*)<\/answer>/.exec(response)?.[1] ?? null,
    wellFormed: /^<think>.*<\/think><answer>\w+<\/answer>$/.test(response),
    claims: segmentReasoning(response).flatMap(({ text, span, section }) => {
      const fact = readFact(text);
      if (section === null || text === "nothing") return [];
      return [{ text, ...span, modality: section, fact }];
    }),
  }),
};

function readFact(text: string): Fact | null {
  for (const factor of allFactors) {
    for (const value of [1, 2, 3]) {
      if (text.replace(/^very /, "") === phrase({ factor, value })) return { factor, value };
    }
  }
  return null;
}

/** A row whose factors are given as [brows, mouth, pitch, tempo]. */
export function fakeRow(
  id: string,
  visual: string,
  acoustic: string,
  [brows, mouth, pitch, tempo]: readonly [number, number, number, number],
  label = visual,
): ManifestRow {
  const rest = { eyes: 0, head: 0, gaze: 0, loudness: 0, quality: 0, intonation: 0 };
  return {
    id,
    split: "test",
    file: `clips/${id}.mp4`,
    seed: id,
    visualEmotion: visual,
    acousticEmotion: acoustic,
    label,
    congruent: visual === acoustic,
    factors: { ...rest, brows, mouth, pitch, tempo },
    reference: "",
    coldStart: [""],
    noise: { visual: 0, acoustic: 0 },
  };
}

/** What a policy perceives of a stream; `null` when it is blank or dropped. */
export interface Percept {
  facts: Fact[];
  emotion: string;
}
export type View = Record<EvidenceModality, Percept | null>;

/**
 * A stream holds its two factors' values and the number of its emotion: nothing to learn, all to
 * see.
 */
export function fakePrompt(row: ManifestRow): Prompt {
  const stream = (modality: EvidenceModality, emotion: string): Stream => {
    const values = factors[modality].map((factor) => row.factors[factor]);
    const features = Float32Array.from([...values, emotions.indexOf(emotion) + 1]);
    return { features, tokens: 3, dim: 1, attended: true };
  };
  return {
    id: row.id,
    video: stream("visual", row.visualEmotion),
    audio: stream("acoustic", row.acousticEmotion),
    text: [],
  };
}

export const fakeBlank = { video: new Float32Array(1), audio: new Float32Array(1) };

function perceive(stream: Stream, modality: EvidenceModality): Percept | null {
  const emotion = emotions[(stream.features[2] ?? 0) - 1];
  if (!stream.attended || emotion === undefined) return null;
  const facts = factors[modality]
    .map((factor, index) => ({ factor, value: stream.features[index] ?? 0 }))
    .filter((fact) => fact.value !== 0);
  return { facts, emotion };
}

const vocabulary = [
  ...allFactors.flatMap((factor) => [1, 2, 3].map((value) => ` very ${phrase({ factor, value })}`)),
  ...allFactors.flatMap((factor) => [1, 2, 3].map((value) => `, ${phrase({ factor, value })}`)),
  ...emotions.map((emotion) => `<answer>${emotion}</answer>`),
  "<think>In the video, nothing. In the audio, nothing gibberish and</think> joy",
];
export const fakeTokenizer = WordTokenizer.fromTexts(vocabulary);

export interface Mind {
  /** The response to what it perceives. */
  say(view: View): string;
  /** Log-prob of a text's last token. */
  believe?(view: View, text: string): number;
  /** Log-prob of the tokens before it, by position; −1 if absent. */
  expect?(view: View, position: number): number;
}

/** A policy that says what its mind says; implements the port, learns nothing. */
export class FakePolicy implements Policy {
  readonly id = "fake";
  readonly capabilities = { wholeVocabulary: false };
  readonly mind: Mind;
  readonly asked: string[] = [];

  constructor(mind: Mind) {
    this.mind = mind;
  }

  async sample(prompts: readonly Prompt[], options: SampleOptions): Promise<Completion[][]> {
    return prompts.map((prompt) =>
      Array.from({ length: options.samplesPerPrompt }, () => this.complete(prompt, options)),
    );
  }

  async logprobs(batch: readonly Datum[]): Promise<Float32Array[]> {
    return batch.map(({ prompt, tokens, read }) => {
      this.asked.push(prompt.id);
      const view = viewOf(prompt);
      const out = Float32Array.from(tokens, (_, at) => this.mind.expect?.(view, at) ?? -1);
      const text = fakeTokenizer.decode(tokens).text;
      out[tokens.length - 1] = this.mind.believe?.(view, text) ?? -1;
      return read ? Float32Array.from(read, (at) => out[at]!) : out;
    });
  }

  distributions = notAsked("distributions");
  backward = notAsked("backward");
  step = notAsked("step");
  save = notAsked("save");
  load = notAsked("load");
  async close(): Promise<void> {}

  private complete(prompt: Prompt, { maxTokens }: SampleOptions): Completion {
    const ids = [...fakeTokenizer.encode(this.mind.say(viewOf(prompt))).ids, fakeTokenizer.eos];
    const tokens = Int32Array.from(ids.slice(0, maxTokens));
    const stop = ids.length > maxTokens ? "length" : "eos";
    return { tokens, logprobs: new Float32Array(tokens.length).fill(-1), stop };
  }
}

function notAsked(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`evaluation must not call ${what}`));
}

function viewOf(prompt: Prompt): View {
  return { visual: perceive(prompt.video, "visual"), acoustic: perceive(prompt.audio, "acoustic") };
}

/** A response that states the given facts. */
export function respond(
  visual: readonly Fact[],
  acoustic: readonly Fact[],
  answer: string,
): string {
  const list = (facts: readonly Fact[]) => facts.map(phrase).join(", ") || "nothing";
  return `<think>In the video, ${list(visual)}. In the audio, ${list(acoustic)}.</think><answer>${answer}</answer>`;
}

/** All factors of a modality as an emotion's prototype has them. */
function prototypeFacts(modality: EvidenceModality, emotion: string | undefined): Fact[] {
  if (emotion === undefined) return [];
  return factors[modality].map((factor) => ({ factor, value: prototypes[emotion]?.[factor] ?? 0 }));
}

/**
 * States exactly what it perceives, answers with the face's emotion, believes only what it
 * perceives.
 */
export const truthful: Mind = {
  say: ({ visual, acoustic }) =>
    respond(visual?.facts ?? [], acoustic?.facts ?? [], visual?.emotion ?? "joy"),
  believe: (view, text) => {
    const facts = [...(view.visual?.facts ?? []), ...(view.acoustic?.facts ?? [])];
    return facts.some((fact) => text.endsWith(phrase(fact))) ? -0.1 : -3;
  },
};

/** Sees and hears, but describes each stream by the OTHER one's emotion, even when it is hidden. */
export const crossing: Mind = {
  say: ({ visual, acoustic }) =>
    respond(
      prototypeFacts("visual", acoustic?.emotion),
      prototypeFacts("acoustic", visual?.emotion),
      acoustic?.emotion ?? "joy",
    ),
  believe: ({ visual, acoustic }, text) => {
    const facts = [
      ...prototypeFacts("visual", acoustic?.emotion),
      ...prototypeFacts("acoustic", visual?.emotion),
    ];
    return facts.some((fact) => text.endsWith(phrase(fact))) ? -0.1 : -3;
  },
};

/** Says nothing about either stream. */
export const silentMind: Mind = { say: () => respond([], [], "joy") };
