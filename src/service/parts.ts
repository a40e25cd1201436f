import type { GroupOf } from "../rewards/accuracy.ts";
import type { RewardOptions } from "../rewards/options.ts";
import type { WheelOf } from "../rewards/paper.ts";
import type { Calibration, CueJudge, Embedder } from "../similarity/port.ts";
import type { Decomposer } from "./decomposer/port.ts";

/** What decides rewards. */
export interface RewardParts {
  embedder: Embedder;
  calibration: Calibration;
  reward: RewardOptions;
  decomposer: Decomposer;
  /** Decides similarities in place of the embedder. */
  judge?: CueJudge | undefined;
  /** Groups of labels on an emotion wheel, where `reward.accuracy.wheel` names its files. */
  groupOf?: GroupOf | undefined;
  /** Groups on each of its wheels, for the printed form. Default: words count as they stand. */
  wheels?: readonly WheelOf[] | undefined;
}
