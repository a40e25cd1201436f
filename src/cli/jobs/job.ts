import type { Experiment } from "../../config/schema.ts";
import { resolveLossOptions } from "../../loss/presets.ts";
import { ceiling, coldStart } from "../../runs/layout.ts";
import { streamsToHide } from "../../trainer/hide.ts";
import { systemsOf } from "../stages/systems.ts";

/** A stage that can run beside others: it writes into its system's folder and nowhere else. */
export interface Job {
  /** Unique; what people read, and the stage's name in timings. */
  id: string;
  system: string;
  kind: "train" | "evaluate";
  /** Jobs that must have ended well before. */
  after: readonly string[];
  /** Rough share of the time, the cold start being 1; only the order follows from it. */
  cost: number;
}

/** Training and measuring of every system, in the order in which one process would do them. */
export function jobsOf(experiment: Experiment): Job[] {
  const systems = systemsOf(experiment);
  return [
    ...systems.map((system): Job => {
      const own = system === coldStart || system === ceiling;
      const after = own ? [] : [coldStart];
      return {
        id: system,
        system,
        kind: "train",
        after,
        cost: system === ceiling ? ceilingCost(experiment) : own ? 1 : costOf(experiment, system),
      };
    }),
    ...systems.map(
      (system): Job => ({
        id: `evaluate ${system}`,
        system,
        kind: "evaluate",
        after: [system],
        cost: 0.1,
      }),
    ),
  ];
}

/** The cold start's epochs, of its clips or of all. */
function ceilingCost({ ceiling: course, sft }: Experiment): number {
  return course === "all" ? 1 / sft.share : 1;
}

/**
 * A variant samples, and makes a full pass and a masked pass for each stream that it hides; passes
 * over the whole vocabulary cost twice as much. In seconds of the demo, beside the cold start's.
 */
function costOf({ variants }: Experiment, name: string): number {
  const { loss: config, mask, training } = variants[name]!;
  if (training === "none") return 0;
  const loss = resolveLossOptions(config);
  const masked = streamsToHide({ loss, mask }, 0, 0).length;
  return 0.65 + (loss.paper.weight > 0 ? 0.8 : 0.4) * masked;
}
