import { DataError } from "../../../core/errors.ts";
import { refuseOtherWidths } from "../../features/same-width.ts";
import { originsOf, streams } from "../../features/streams.ts";
import type { InspectedClip } from "../clip.ts";
import { cuesMissing } from "./references.ts";
import { streamRefusals } from "./streams.ts";
import { type Refusal, refusal, type Way } from "./way.ts";

/** The small policy of this project, trained on this machine. */
export const embedded: Way = {
  id: "embedded",
  title: "Train the embedded policy",
  command: "oppo run --data LIST",
  refuse: (clip) => [
    ...streamRefusals(clip, {
      video: clip.row.features?.video !== undefined,
      audio: clip.row.features?.audio !== undefined,
    }),
    ...featureRefusals(clip),
    ...cuesMissing(clip),
  ],
  refuseAll: ({ sides, clips }) => [
    ...("refused" in sides ? [sides.refused] : []).map(said),
    ...mixedFeatures(clips),
  ],
};

const said = ({ code, message, hint }: { code: string; message: string; hint: string }): Refusal =>
  refusal(code, message.replace(` (${hint})`, "").trim(), hint);

const featureRefusals = ({ features }: InspectedClip): Refusal[] =>
  (features?.failures ?? []).map(({ code, message }) =>
    refusal(code, message, "mend the file or leave the clip out"),
  );

/** A policy reads one kind of features: all clips have some of a stream or none has, all equally wide. */
function mixedFeatures(clips: readonly InspectedClip[]): Refusal[] {
  if (clips.every(({ row }) => row.features === undefined)) return [];
  const check = (work: () => void): Refusal[] => {
    try {
      work();
      return [];
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      return [said({ code: error.code, message: error.message, hint: error.details.hint ?? "" })];
    }
  };
  return [
    ...check(() => originsOf(clips.map(({ row }) => row))),
    ...streams.flatMap((stream) =>
      check(() => {
        const read = clips.flatMap(({ row, features }) => {
          const shape = features?.[stream];
          return shape ? [{ id: row.id, file: row.features![stream]!, dim: shape.dim }] : [];
        });
        refuseOtherWidths(read, stream);
      }),
    ),
  ];
}
