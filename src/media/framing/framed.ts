import type { Video } from "../clip.ts";
import type { FeatureOptions } from "../options.ts";
import { type Framing, frameVideo } from "./frame-video.ts";
import { openFaceDetector } from "./human.ts";

/**
 * The part of a film that the options say is to be looked at. `framing` is absent where that is
 * all of it.
 * @param file stands in errors.
 * @throws MediaError as `frameVideo` and `openFaceDetector`.
 */
export async function framed(
  video: Video,
  { framing = "whole", faceMissing = "refuse" }: Pick<FeatureOptions, "framing" | "faceMissing">,
  file: string,
): Promise<{ video: Video; framing?: Framing }> {
  if (framing === "whole") return { video };
  return frameVideo(video, await openFaceDetector(), faceMissing, file);
}
