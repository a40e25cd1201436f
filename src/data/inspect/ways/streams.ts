import type { InspectedClip } from "../clip.ts";
import { digitalSilence, type SoundFacts } from "../look/facts.ts";
import { cancelsItself } from "../look/listen.ts";
import { type Refusal, refusal } from "./way.ts";

/**
 * Streams that are there and can be decoded: what every way needs. `elsewhere` names streams that
 * the way takes from files of features.
 */
export function streamRefusals(
  { media, row }: InspectedClip,
  elsewhere: { video?: boolean; audio?: boolean } = {},
): Refusal[] {
  if (elsewhere.video && elsewhere.audio) return [];
  if (!media) {
    // A clip that was not looked at is not refused for what nobody knows.
    const none = row.media.video === undefined && row.media.audio === undefined;
    return none ? [refusal("NO_MEDIA", "no file", "name a film, or a folder of films")] : [];
  }
  const broken = media.failures.map(({ code, message }) =>
    refusal(code, message, "repair the file or leave the clip out"),
  );
  if (broken.length > 0) return broken;
  return [
    ...(media.picture || elsewhere.video
      ? []
      : [refusal("NO_PICTURE", "no picture", "leave the clip out, or name a film with one")]),
    ...(elsewhere.audio ? [] : soundRefusals(media.sound)),
  ];
}

function soundRefusals(sound: SoundFacts | null): Refusal[] {
  if (!sound) {
    const cure = "leave the clip out, or name its sound in a file of its own";
    return [refusal("NO_SOUND", "no sound track", cure)];
  }
  if (sound.peak <= digitalSilence) {
    return [refusal("SILENT", "digital silence", "leave the clip out")];
  }
  if (!cancelsItself(sound)) return [];
  const says = "channels cancel each other when mixed to one";
  return [refusal("CANCELS", says, "write the clip again with one channel")];
}
