import { type InspectedClip, lengthOf } from "./clip.ts";
import { digitalSilence } from "./look/facts.ts";
import { cancelsItself } from "./look/listen.ts";
import type { Survey } from "./survey.ts";

/**
 * How bad: `stop`, nothing can be done with the clip; `look`, someone should look whether that is
 * meant; `note`, good to know.
 */
export type Weight = "stop" | "look" | "note";

/** A kind of problem. Adding one is an entry here. */
export interface ProblemKind {
  id: string;
  /** After "3 clips: ". */
  title: string;
  weight: Weight;
  /** What is wrong with this clip, in a few words; null where nothing is. */
  find(clip: InspectedClip, survey: Survey): string | null;
}

/**
 * Picture and sound that end so far apart are no rounding of a container or encoder, in seconds.
 */
const clockSlackSec = 0.25;
const mostly = 0.9;

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const seconds = (value: number): string => `${value.toFixed(2)} s`;

const media =
  (
    find: (facts: NonNullable<InspectedClip["media"]>, clip: InspectedClip) => string | null,
  ): ProblemKind["find"] =>
  (clip) =>
    clip.media ? find(clip.media, clip) : null;

export const problemKinds: readonly ProblemKind[] = [
  {
    id: "unreadable",
    title: "cannot be decoded",
    weight: "stop",
    find: media(
      ({ failures }) =>
        failures.map(({ message }) => message.replace("cannot be decoded: ", "")).join("; ") ||
        null,
    ),
  },
  {
    id: "features",
    title: "features made elsewhere cannot be read",
    weight: "stop",
    find: ({ features }) => features?.failures.map(({ message }) => message).join("; ") || null,
  },
  {
    id: "no-picture",
    title: "no picture",
    weight: "stop",
    find: media(({ picture, failures }, { row }) =>
      picture || failures.length > 0 || row.features?.video ? null : "no video track",
    ),
  },
  {
    id: "no-sound",
    title: "no sound",
    weight: "stop",
    find: media(({ sound, failures }, { row }) =>
      sound || failures.length > 0 || row.features?.audio ? null : "no sound track",
    ),
  },
  {
    id: "silent",
    title: "digital silence",
    weight: "stop",
    find: media(({ sound }) =>
      sound && sound.peak <= digitalSilence ? "no sample above −80 dBFS" : null,
    ),
  },
  {
    id: "cancelling",
    title: "channels cancel each other when mixed to one, as models do",
    weight: "stop",
    find: media(({ sound }) =>
      sound && cancelsItself(sound)
        ? `${sound.channels} channels, ${decibels(sound.rms)} apart and ${decibels(sound.monoRms)} mixed`
        : null,
    ),
  },
  {
    id: "black",
    title: "black picture",
    weight: "look",
    find: media(({ picture }) =>
      picture && picture.blackShare >= 0.25 ? `${percent(picture.blackShare)} of the frames` : null,
    ),
  },
  {
    id: "still",
    title: "picture stands still",
    weight: "look",
    find: media(({ picture }) =>
      picture &&
      picture.frames > 1 &&
      picture.blackShare < mostly &&
      picture.stillSec >= mostly * lengthOf(picture)
        ? `nothing moves for ${seconds(picture.stillSec)} of ${seconds(lengthOf(picture))}`
        : null,
    ),
  },
  {
    id: "one-frame",
    title: "one frame only",
    weight: "look",
    find: media(({ picture }) => (picture?.frames === 1 ? "a picture, no film" : null)),
  },
  {
    id: "quiet",
    title: "almost silent",
    weight: "look",
    find: media(({ sound }) =>
      sound && sound.peak > digitalSilence && sound.silentShare >= mostly
        ? `${percent(sound.silentShare)} of the time below −60 dBFS, peak ${decibels(sound.peak)}`
        : null,
    ),
  },
  {
    id: "clipped",
    title: "sound at full scale",
    weight: "note",
    find: media(({ sound }) =>
      sound && sound.clippedShare > 0.01 ? `${percent(sound.clippedShare)} of the samples` : null,
    ),
  },
  {
    id: "clock",
    title: "picture and sound differ in time",
    weight: "look",
    find: media(({ picture, sound }) => {
      if (!picture || !sound) return null;
      const [start, end] = [sound.startSec - picture.startSec, sound.endSec - picture.endSec];
      if (Math.max(Math.abs(start), Math.abs(end)) <= clockSlackSec) return null;
      const later = Math.abs(start) > clockSlackSec ? `, starts ${seconds(start)} later` : "";
      return `${seconds(lengthOf(picture))} of picture, ${seconds(lengthOf(sound))} of sound${later}`;
    }),
  },
  {
    id: "several-tracks",
    title: "several tracks of one kind, of which one is taken",
    weight: "note",
    find: media(({ files }) => {
      const kinds = (files.video?.facts.tracks ?? []).map(({ kind }) => kind);
      const count = (kind: string) => kinds.filter((one) => one === kind).length;
      return count("audio") > 1 || count("video") > 1
        ? `${count("video")} of picture, ${count("audio")} of sound`
        : null;
    }),
  },
  {
    id: "no-reference",
    title: "no reference",
    weight: "note",
    find: ({ cues }) => (cues ? null : "nothing to compare a response with"),
  },
  {
    id: "no-cues",
    title: "reference names nothing seen and nothing heard",
    weight: "look",
    find: ({ cues }) => (cues && cues.visual + cues.acoustic === 0 ? "no cue found" : null),
  },
  {
    id: "nothing-seen",
    title: "reference names nothing seen",
    weight: "note",
    find: ({ cues }) =>
      cues && cues.visual === 0 && cues.acoustic > 0 ? `${cues.acoustic} cues heard` : null,
  },
  {
    id: "nothing-heard",
    title: "reference names nothing heard",
    weight: "note",
    find: ({ cues }) =>
      cues && cues.acoustic === 0 && cues.visual > 0 ? `${cues.visual} cues seen` : null,
  },
  {
    id: "heard-without-sound",
    title: "reference names something heard, and nothing is to be heard",
    weight: "look",
    find: media(({ sound }, { cues, row }) =>
      cues && cues.acoustic > 0 && !row.features?.audio && (!sound || sound.peak <= digitalSilence)
        ? `${cues.acoustic} cues`
        : null,
    ),
  },
  {
    id: "no-label",
    title: "no label",
    weight: "note",
    find: ({ row }) => (row.labels.length === 0 ? "no right answer" : null),
  },
  {
    id: "duplicate",
    title: "same content as an earlier clip",
    weight: "look",
    find: ({ row, media: own }, { duplicates }) => {
      const [first] = duplicates.get(own?.content ?? "") ?? [];
      return first === undefined || first === row.id ? null : `as '${first}'`;
    },
  },
];

export function decibels(level: number): string {
  return level > 0 ? `${(20 * Math.log10(level)).toFixed(0).replace("-", "−")} dBFS` : "−∞ dBFS";
}

/** A problem of one clip. */
export interface Problem {
  kind: ProblemKind;
  detail: string;
}

export function problemsOf(clip: InspectedClip, survey: Survey): Problem[] {
  return problemKinds.flatMap((kind) => {
    const detail = kind.find(clip, survey);
    return detail === null ? [] : [{ kind, detail }];
  });
}
