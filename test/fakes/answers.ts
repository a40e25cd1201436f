import { readProbePrompt } from "../../src/bench/mep/reference/prompts.ts";
import { sha256 } from "../../src/core/files.ts";
import type { FakeRequest } from "../../src/endpoint/fake-request.fake.ts";

const emotions = ["happy", "excited", "angry", "worried", "sad", "surprised", "calm", "afraid"];
const visual = ["a broad smile", "tears in the eyes", "raised brows", "a deep frown"];
const acoustic = ["a loud voice", "a trembling voice", "a sigh", "fast speech"];

/** A number in [0, n) that follows from the request's content alone. */
function drawn(request: FakeRequest, purpose: string, n: number): number {
  return Number.parseInt(sha256(`${purpose}/${request.contentHash}`).slice(0, 8), 16) % n;
}

/**
 * Answers as a model under test, a label extractor, a step extractor and a judge would give them,
 * by what is asked. Equal requests get equal answers.
 */
export function fakeAnswer(request: FakeRequest): string {
  const { text } = request;
  if (text.includes("List the emotional states")) return labelsOf(text);
  if (text.startsWith("Emotions of a person:")) return sentimentOf(text);
  if (text.includes("inside <step> and </step>")) {
    return `<step>\nStep 1: The face shows something.\nStep 2: The prediction is ${lastLabel(text)}.\n</step>`;
  }
  if (text.includes("List the cues it names")) return cuesOf(text);
  if (text.includes('- "visual_cues":')) return printedCuesOf(text);
  if (text.includes("Score each reasoning step")) return scoresOf(request);
  if (readProbePrompt(text) !== null) return drawn(request, "probe", 2) === 0 ? "Yes." : "No.";
  return description(request);
}

function description(request: FakeRequest): string {
  const choices =
    /Choose from: (.*)\. Reason/.exec(request.text)?.[1]?.split(/[,;]\s*/) ?? emotions;
  const [see, hear] = [visual, acoustic].map((list) => list[drawn(request, "cue", list.length)]);
  const label = choices[drawn(request, "label", choices.length)]!;
  const seen = request.media.some(({ kind }) => kind === "image");
  const heard = request.media.some(({ kind }) => kind === "audio");
  return `<think>${seen ? `In the video, ${see}. ` : "I see nothing. "}${
    heard ? `In the audio, ${hear}. ` : "I hear nothing. "
  }This points to ${label}.</think><answer>${label}</answer>`;
}

function labelsOf(text: string): string {
  const about = text.slice(text.lastIndexOf("Description:"));
  return `[${emotions.filter((word) => about.includes(word)).join(", ")}]`;
}

function sentimentOf(text: string): string {
  if (/happy|excited|calm/.test(text)) return "positive";
  return /angry|worried|sad|afraid/.test(text) ? "negative" : "neutral";
}

function cuesOf(text: string): string {
  const about = text.slice(text.lastIndexOf("Description:"));
  const named = (list: readonly string[]) => list.filter((cue) => about.includes(cue));
  return JSON.stringify({ visual: named(visual), acoustic: named(acoustic) });
}

/** By the printed rules: of what stands in the text after the question. */
function printedCuesOf(text: string): string {
  const about = text.slice(text.indexOf('"audio_cues":[]}'));
  const named = (list: readonly string[]) =>
    list.filter((cue) => cue.includes(" ") && about.includes(cue));
  return JSON.stringify({ visual_cues: named(visual), audio_cues: named(acoustic) });
}

const lastLabel = (text: string): string => /<answer>(.*?)<\/answer>/s.exec(text)?.[1] ?? "None";

function scoresOf(request: FakeRequest): string {
  const count = [...request.text.matchAll(/^Step \d+:/gm)].length;
  const scores = Array.from(
    { length: Math.max(1, count) },
    (_, i) => `Step ${i + 1}: ${drawn(request, `step ${i}`, 2)}/1`,
  );
  return `<score>${scores.join(", ")}</score>`;
}
