import { type Series, seriesOf } from "../../core/ratio.ts";
import type { EvidenceModality, Span } from "../../cues/cue.ts";
import type { ClaimRecord, Verdict } from "../mep/oracle/result.ts";

/** A stretch of a response that a selector hands to the loss as evidence of a modality. */
export interface EvidenceStretch extends Span {
  modality: EvidenceModality;
}

/** A claim, and what a selector makes of it. */
export interface ReachedClaim {
  verdict: Exclude<Verdict, "emotion">;
  reached: boolean;
  /** Counted as evidence of the other modality: the loss hides the wrong stream. */
  misrouted: boolean;
  /** The evidence that reaches it holds a true claim as well, which may be why it was picked. */
  besideTruth: boolean;
}

/**
 * Which visual and acoustic claims of a response stand in evidence; repeated ones are left out, as
 * MEP-Bench leaves them out.
 */
export function reachedClaims(
  claims: readonly ClaimRecord[],
  evidence: readonly EvidenceStretch[],
): ReachedClaim[] {
  return claims.flatMap((claim): ReachedClaim[] => {
    const { verdict, modality, repeated } = claim;
    if (verdict === "emotion" || repeated) return [];
    const stretches = evidence.filter((stretch) => overlap(stretch, claim));
    const truth = claims.filter((other) => other !== claim && other.verdict === "true");
    return [
      {
        verdict,
        reached: stretches.length > 0,
        misrouted: stretches.length > 0 && stretches.every((each) => each.modality !== modality),
        besideTruth: stretches.some((stretch) => truth.some((other) => overlap(stretch, other))),
      },
    ];
  });
}

/** Claims that a share is taken of. `false` holds the cross-modal ones as well. */
export const claimKinds = {
  true: ["true"],
  false: ["cross-modal", "false"],
  "cross-modal": ["cross-modal"],
  unreadable: ["unreadable"],
} as const satisfies Record<string, readonly ReachedClaim["verdict"][]>;
export type ClaimKind = keyof typeof claimKinds;

const always = (): boolean => true;

/** What is counted, and among which claims of a kind. */
const shares = {
  reached: [({ reached }: ReachedClaim) => reached, always],
  alone: [({ reached, besideTruth }: ReachedClaim) => reached && !besideTruth, always],
  misrouted: [({ misrouted }: ReachedClaim) => misrouted, ({ reached }: ReachedClaim) => reached],
} as const;
export type ReachShare = keyof typeof shares;
export const reachShares = Object.keys(shares) as ReachShare[];

/**
 * A share of one kind of claim, clip by clip. Of all of them: those `reached`, and those reached
 * `alone`, by evidence that holds no other claim that is true; of the reached: those `misrouted`.
 */
export function reachSeries(
  clips: readonly (readonly ReachedClaim[])[],
  kind: ClaimKind,
  share: ReachShare,
): Series {
  const verdicts: readonly string[] = claimKinds[kind];
  const [counted, among] = shares[share];
  return seriesOf(
    clips.map((claims) => {
      const whole = claims.filter((claim) => verdicts.includes(claim.verdict) && among(claim));
      return [whole.filter(counted).length, whole.length] as const;
    }),
  );
}

/** What an evidence stretch says, by the claims in it. */
export const stretchKinds = ["true", "mixed", "false", "none"] as const;
export type StretchKind = (typeof stretchKinds)[number];

/** `false`: no claim in it is true, and one is false or can't be read; `none`: no claim at all. */
export function stretchKind(claims: readonly ClaimRecord[], stretch: EvidenceStretch): StretchKind {
  const inside = claims.filter((claim) => claim.verdict !== "emotion" && overlap(stretch, claim));
  if (inside.length === 0) return "none";
  const right = inside.filter(({ verdict }) => verdict === "true").length;
  if (right === 0) return "false";
  return right === inside.length ? "true" : "mixed";
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;
