import type { ProgressListener } from "../core/progress.ts";
import type { ControllerState } from "../loss/controller.ts";
import type { LossOptions } from "../loss/options.ts";
import type { LossTerm } from "../loss/term.ts";
import type { Policy } from "../policy/port.ts";
import type { MaskKind, MaskSources } from "../prompt/masks.ts";
import type { Tokenizer } from "../prompt/tokenizer.ts";
import type { RewardOptions } from "../rewards/options.ts";
import type { Scorer } from "../rewards/scorer.ts";
import type { RewardTerm } from "../rewards/term.ts";
import type { SystemLayout } from "../runs/layout.ts";
import type { Notice } from "../runs/notices.ts";
import type { Example } from "./example.ts";
import type { GuardState } from "./guards.ts";
import type { MaskOptions, RlOptions } from "./options.ts";

/** Everything one reinforcement-learning run needs. The policy comes loaded with the cold start. */
export interface RlRun {
  name: string;
  policy: Policy;
  /** Frozen copy of the cold start; needed by the reference KL and by preference pairs. */
  reference?: Policy;
  tokenizer: Tokenizer;
  examples: readonly Example[];
  scorer: Scorer;
  options: RlOptions;
  mask: MaskOptions;
  loss: LossOptions;
  reward: RewardOptions;
  /**
   * What loss and reward are made of, where it is not the shipped tables. `scorer` must have been
   * made with the same reward terms.
   */
  terms?: { loss?: readonly LossTerm[]; reward?: readonly RewardTerm[] };
  /** Ways to hide a stream, where they are not those of the shipped table. */
  masks?: readonly MaskKind[];
  /** Feature rows of black frames and silence, for blank masking. */
  blank?: MaskSources["blank"];
  seed: number | string;
  layout: SystemLayout;
  progress: ProgressListener;
  /** Things people should be told, for example that the claim controller acted. */
  notice: Notice;
}

/** What one step leaves to the next; a checkpoint holds it together with the policy. */
export interface TrainerState {
  guards: GuardState;
  controller: ControllerState;
}
