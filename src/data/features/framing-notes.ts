import type { Framing } from "../../media/framing/frame-video.ts";
import { listed } from "./streams.ts";

/** The most clips that a note names. */
const mostNamed = 20;

/** Sentences on what was cut to a face and what was not, by name and with the reason. */
export function framingNotes(
  clips: readonly { id: string; framing: Framing | undefined }[],
): string[] {
  const whole = clips.flatMap(({ id, framing }) =>
    framing && framing.kind !== "face" ? [`'${id}' (${framing.why})`] : [],
  );
  const faces = clips.filter(({ framing }) => framing?.kind === "face").length;
  const first = `Framing: ${faces} of ${clips.length} clips are cut to the face.`;
  if (whole.length === 0) return [first];
  const rest = `The whole picture is looked at in ${whole.length}`;
  return [`${first} ${rest}: ${listed(whole, mostNamed)}.`];
}
