import type { Probe } from "./probes.ts";

/** Log-probs (nats, summed over the statement's tokens) of the two statements of a probe. */
export interface StatementPair {
  present: number;
  absent: number;
}

export interface ProbeOutcome {
  modality: Probe["modality"];
  crossModal: boolean;
  /** Both streams as they are. */
  intact: StatementPair;
  /** The probed modality blank, the other one as it is. */
  hidden: StatementPair;
  /** Both blank: what the policy says whatever the clip. */
  blind: StatementPair;
}
