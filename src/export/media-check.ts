import { counted } from "../core/counted.ts";
import { ConfigError } from "../core/errors.ts";
import type { ClipRow } from "../data/clip-row.ts";
import { type InspectedClip, lengthOf, mediaFacts } from "../data/inspect/clip.ts";
import { foundRefusals } from "../data/inspect/found.ts";
import { type LookOptions, lookAtFiles } from "../data/inspect/look/look-at-files.ts";
import { shapesOf } from "../data/inspect/survey.ts";
import { swapStreams } from "../data/inspect/swap.ts";
import { type SwiftNeeds, swiftRefusals } from "../data/inspect/ways/ms-swift.ts";
import { few } from "../data/inspect/words.ts";
import { takesDonor } from "../prompt/masks.ts";
import type { SwiftRow } from "./dataset.ts";
import type { SwiftOptions } from "./options.ts";

/** Reasons that a refusal names at most. */
const mostReasons = 6;

/** What the settings of a run ask of its clips. */
export function swiftNeeds({ masks, training }: SwiftOptions): SwiftNeeds {
  return {
    swapped: swapStreams.filter((stream) => takesDonor(masks[stream])),
    maxSeconds: training.maxSeconds,
    framePixels: training.framePixels,
    maxPromptTokens: training.maxPromptTokens,
  };
}

/**
 * Opens every clip and refuses here what would otherwise stop the run on the cluster, or be left
 * out there without a word: the same check as `oppo inspect`'s. Facts are kept by content, so that
 * clips which were inspected are not decoded again.
 * @returns sentences about what is not refused, but worth knowing
 * @throws ConfigError `DATA_MEDIA` naming clips and cures
 */
export async function checkMedia(
  rows: readonly SwiftRow[],
  options: SwiftOptions,
  source: string,
  look: LookOptions,
): Promise<string[]> {
  const needs = swiftNeeds(options);
  const files = rows.flatMap(({ videos, audios = [] }) => [...videos, ...audios]);
  const looked = await lookAtFiles(files, look);
  const clips = rows.map((row): InspectedClip => {
    const clip = clipOf(row);
    return { row: clip, media: mediaFacts(clip, looked), cues: null, features: null };
  });
  const shapes = shapesOf(clips);
  const refused = clips.flatMap((clip) => {
    const reasons = swiftRefusals(clip, shapes, needs);
    return reasons.length > 0 ? [{ clip, reasons }] : [];
  });
  if (refused.length > 0) {
    const found = foundRefusals([{ way: { id: "ms-swift" }, refused }]);
    const lines = found.slice(0, mostReasons).map(({ clips: own, cure }) => {
      const names = own.map(({ clip, says }) => `'${clip.row.id}': ${says}`);
      return `  ${counted(own.length, "clip")}: ${few(names, 2)}\n    ${cure}${cure.includes("export clips") ? otherMasks : ""}`;
    });
    const what = `the cluster would refuse ${refused.length} of ${counted(rows.length, "clip")}:\n${lines.join("\n")}\n`;
    throw new ConfigError("DATA_MEDIA", what, {
      file: source,
      hint: "`oppo inspect` shows them; --no-media-check exports without looking",
    });
  }
  const thinned = clips.filter(({ media }) => lengthOf(media!.picture) > needs.maxSeconds).length;
  return thinned === 0
    ? []
    : [
        `${counted(thinned, "clip")} longer than ${needs.maxSeconds} s: seen in fewer frames a second (training.maxSeconds)`,
      ];
}

const otherMasks = "; or use masks.visual=black and masks.acoustic=silence, which take any clips";

const clipOf = ({ clip_id: id, videos, audios, reference }: SwiftRow): ClipRow => ({
  id,
  media: { video: videos[0]!, ...(audios?.[0] !== undefined && { audio: audios[0] }) },
  reference,
  labels: [],
});
