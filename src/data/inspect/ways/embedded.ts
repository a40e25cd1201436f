import { cuesMissing } from "./references.ts";
import { streamRefusals } from "./streams.ts";
import { refusal, type Way } from "./way.ts";

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
    ...cuesMissing(clip),
  ],
  refuseAll({ sides }) {
    if (!("refused" in sides)) return [];
    const { code, message, hint } = sides.refused;
    return [refusal(code, message.replace(` (${hint})`, ""), hint)];
  },
};
