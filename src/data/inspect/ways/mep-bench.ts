import { cuesMissing } from "./references.ts";
import { streamRefusals } from "./streams.ts";
import { refusal, type Way } from "./way.ts";

/** MEP-Bench against references: items from cues, streams masked one by one. */
export const mepBench: Way = {
  id: "mep-bench",
  title: "Benchmark a model with MEP-Bench",
  command: "oppo bench mep build --data LIST --clips FOLDER --out items.json",
  refuse: (clip) => [...streamRefusals(clip), ...cuesMissing(clip)],
  refuseAll: ({ clips }) =>
    clips.length >= 2
      ? []
      : [
          refusal(
            "ONE_CLIP",
            "absent cues and donors come from other clips",
            "give two clips or more",
          ),
        ],
};
