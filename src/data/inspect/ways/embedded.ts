import { counted } from "../../../core/counted.ts";
import { DataError } from "../../../core/errors.ts";
import { refuseOtherWidths } from "../../features/same-width.ts";
import { originsOf, streams } from "../../features/streams.ts";
import type { InspectedClip } from "../clip.ts";
import type { Survey } from "../survey.ts";
import { referenceMissing } from "./references.ts";
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
    // A clip with a label alone is trained on by its answer.
    ...(clip.row.labels.length > 0 ? [] : referenceMissing(clip)),
  ],
  refuseAll: ({ sides, clips }) => [
    ...("refused" in sides ? [sides.refused] : []).map(said),
    ...nothingHeldOut(sides),
    ...nothingToImitate(clips),
    ...mixedFeatures(clips),
  ],
};

function nothingHeldOut(sides: Survey["sides"]): Refusal[] {
  if (!("rows" in sides)) return [];
  const held = sides.rows.filter(({ split }) => split === "test").length;
  if (held >= 2) return [];
  const cure = "give more clips, or a larger share with data.split.test";
  return [
    refusal("DATA_NONE_HELD_OUT", `${counted(held, "clip")} held out, two are the least`, cure),
  ];
}

/** The cold start imitates references, and the benchmark compares with them. */
function nothingToImitate(clips: readonly InspectedClip[]): Refusal[] {
  if (clips.some(({ cues }) => cues && cues.visual + cues.acoustic > 0)) return [];
  const says = "no reference names anything seen or heard: there is nothing to imitate";
  return [refusal("SFT_TOO_FEW", says, "add the reasoning to the list")];
}

const said = ({ code, message, hint }: { code: string; message: string; hint: string }): Refusal =>
  refusal(code, message.replace(` (${hint})`, "").trim(), hint);

const featureRefusals = ({ features }: InspectedClip): Refusal[] =>
  (features?.failures ?? []).map(({ code, message }) =>
    refusal(code, message, "mend the file or leave the clip out"),
  );

/**
 * A policy reads one kind of features: all clips have some of a stream or none has, all equally
 * wide.
 */
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
