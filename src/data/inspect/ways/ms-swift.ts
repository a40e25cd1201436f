import { type InspectedClip, lengthOf } from "../clip.ts";
import type { Survey } from "../survey.ts";
import { cutAlike, type SwapStream, swapShape, swapStreams } from "../swap.ts";
import { referenceMissing } from "./references.ts";
import { streamRefusals } from "./streams.ts";
import { type Refusal, refusal, type Way } from "./way.ts";

/** Settings of a run under ms-swift that decide what its clips must be. */
export interface SwiftNeeds {
  /** Streams that are hidden by another clip's. */
  swapped: readonly SwapStream[];
  /** Beyond so many seconds frames are thinned. */
  maxSeconds: number;
  /** Pixels of a frame, 28 × 28 a token. */
  framePixels: number;
  /** Longer prompts, media included, are left out by ms-swift. */
  maxPromptTokens: number;
}

/** Defaults of `oppo export ms-swift`; a test compares them. */
export const defaultSwiftNeeds: SwiftNeeds = {
  swapped: [],
  maxSeconds: 20,
  framePixels: 100_352,
  maxPromptTokens: 8192,
};

/** As in `oppo-swift-check` and in the plugin's guard `CLOCK`, in seconds. */
const clockSlackSec = 1;
/** Where Qwen2.5-Omni's feature extractor cuts sound, in seconds. */
const longestSoundSec = 300;
/** Tokens of a second of sound, and of the question around it all. */
const soundTokensPerSec = 25;
const questionTokens = 150;

/** What of a list the cluster's refusals depend on. */
export type SwiftSurvey = Pick<Survey, "swap" | "alike">;

/** What the cluster would refuse, or leave out without a word, about the media of one clip. */
export function swiftRefusals(
  clip: InspectedClip,
  survey: SwiftSurvey,
  needs: SwiftNeeds,
): readonly Refusal[] {
  const { picture = null, sound = null } = clip.media ?? {};
  const streams = streamRefusals(clip);
  if (streams.length > 0 || !picture || !sound) return streams;
  const [seen, heard] = [lengthOf(picture), lengthOf(sound)];
  const tokens = promptTokens(seen, heard, needs);
  const found: Refusal[] = [];
  if (Math.abs(seen - heard) > clockSlackSec) {
    const says = `${seen.toFixed(1)} s of picture, ${heard.toFixed(1)} s of sound`;
    found.push(refusal("CLOCK", says, cutAlike(survey.alike)));
  }
  if (heard > longestSoundSec) {
    const says = `${heard.toFixed(0)} s of sound, of which ${longestSoundSec} s are heard`;
    found.push(refusal("LONG_SOUND", says, "cut the clip"));
  }
  if (tokens > needs.maxPromptTokens) {
    const says = `about ${tokens} tokens of prompt where ${needs.maxPromptTokens} fit: ms-swift leaves the clip out`;
    found.push(refusal("LONG_PROMPT", says, "cut the clip, or raise training.maxPromptTokens"));
  }
  return [...found, ...needs.swapped.flatMap((stream) => swapRefusal(clip, survey, stream))];
}

/**
 * ms-swift takes two frames a second, `maxSeconds` of them at most, and two frames make one grid.
 */
function promptTokens(
  pictureSec: number,
  soundSec: number,
  { maxSeconds, framePixels }: SwiftNeeds,
): number {
  const video = (Math.min(pictureSec, maxSeconds) * framePixels) / 28 ** 2;
  return Math.round(video + soundTokensPerSec * soundSec + questionTokens);
}

function swapRefusal(
  clip: InspectedClip,
  { swap, alike }: SwiftSurvey,
  stream: SwapStream,
): Refusal[] {
  const shape = swapShape(clip, stream);
  const { usual, equal, clips } = swap[stream];
  if (shape === null || (shape === usual && equal > 1)) return [];
  const others = equal > 1 ? `${equal} of ${clips} clips have ${usual}` : "no two clips are equal";
  const code = stream === "visual" ? "SWAP_PICTURE" : "SWAP_SOUND";
  const says = `${stream === "visual" ? "picture" : "sound"} of ${shape}; ${others}`;
  return [refusal(code, says, cutAlike(alike))];
}

const way = (id: string, title: string, set: string, needs: SwiftNeeds): Way => ({
  id,
  title,
  command: `oppo export ms-swift --data LIST --out FOLDER${set}`,
  refuse: (clip, survey) => [
    ...swiftRefusals(clip, survey, needs),
    ...referenceMissing(clip),
    ...labelMissing(clip),
  ],
});

const labelMissing = ({ row }: InspectedClip): Refusal[] =>
  row.labels.length > 0
    ? []
    : [refusal("NO_LABEL", "no label, and no <answer> in the reference", "add a label to its row")];

export const msSwift = way(
  "ms-swift",
  "Train Qwen2.5-Omni with ms-swift, hidden streams blanked",
  "",
  defaultSwiftNeeds,
);

export const msSwiftSwapped = way(
  "ms-swift-swap",
  "Train Qwen2.5-Omni with ms-swift, hidden streams swapped",
  " --set masks.visual=swap --set masks.acoustic=swap",
  { ...defaultSwiftNeeds, swapped: swapStreams },
);
