import { describe, expect, it } from "vitest";
import { ratio } from "../../core/ratio.ts";
import type { ClaimRecord, Verdict } from "../mep/oracle/result.ts";
import {
  type EvidenceStretch,
  reachedClaims,
  reachSeries,
  stretchKind,
  stretchKinds,
} from "./reach.ts";

const text = "broad smile and raised brows, loud voice, low pitch";

function claim(
  words: string,
  verdict: Verdict,
  modality: ClaimRecord["modality"] = "visual",
): ClaimRecord {
  const start = text.indexOf(words);
  return {
    text: words,
    start,
    end: start + words.length,
    modality,
    fact: null,
    verdict,
    repeated: false,
  };
}

function stretch(words: string, modality: EvidenceStretch["modality"]): EvidenceStretch {
  const start = text.indexOf(words);
  return { start, end: start + words.length, modality };
}

const claims = [
  claim("broad smile", "true"),
  claim("raised brows", "cross-modal"),
  claim("loud voice", "false", "acoustic"),
  claim("low pitch", "true", "acoustic"),
];

describe("claims that a selector reaches", () => {
  it("are those that share a character with its evidence", () => {
    const reached = reachedClaims(claims, [stretch("broad smile and raised brows", "visual")]);
    expect(reached.map((each) => [each.verdict, each.reached])).toEqual([
      ["true", true],
      ["cross-modal", true],
      ["false", false],
      ["true", false],
    ]);
  });

  it("may be reached for the truth beside them alone", () => {
    const [smile, brows] = reachedClaims(claims, [
      stretch("broad smile and raised brows", "visual"),
    ]);
    expect(brows!.besideTruth).toBe(true);
    expect(smile!.besideTruth).toBe(false);
  });

  it("are misrouted where all their evidence is of the other modality", () => {
    const of = (...evidence: EvidenceStretch[]) => reachedClaims(claims, evidence)[2]!.misrouted;
    expect(of(stretch("loud voice", "visual"))).toBe(true);
    expect(of(stretch("loud", "visual"), stretch("voice", "acoustic"))).toBe(false);
    expect(of()).toBe(false);
  });

  it("leave out emotion statements and repeated claims", () => {
    const others = [claim("broad smile", "emotion", "emotion"), { ...claims[0]!, repeated: true }];
    expect(reachedClaims(others, [stretch("broad smile", "visual")])).toEqual([]);
  });

  it("do not begin where evidence ends", () => {
    const end = text.indexOf(" and");
    const next = { start: end, end: end + 4, modality: "visual" } as const;
    expect(reachedClaims(claims, [next])[0]!.reached).toBe(false);
  });
});

describe("shares of claims", () => {
  const clips = [
    reachedClaims(claims, [
      stretch("broad smile and raised brows", "visual"),
      stretch("loud voice", "visual"),
    ]),
    reachedClaims(claims, []),
  ];

  it.each([
    ["true", "reached", 1 / 4],
    ["false", "reached", 2 / 4],
    ["cross-modal", "reached", 1 / 2],
    ["false", "alone", 1 / 4],
    ["false", "misrouted", 1 / 2],
    ["true", "misrouted", 0],
  ] as const)("%s claims %s", (kind, share, expected) => {
    expect(ratio(reachSeries(clips, kind, share))).toBe(expected);
  });

  it("are nothing where there is no such claim", () => {
    expect(ratio(reachSeries(clips, "unreadable", "reached"))).toBeNaN();
  });
});

describe("what evidence says", () => {
  it.each([
    ["low pitch", "true"],
    ["broad smile and raised brows", "mixed"],
    ["raised brows", "false"],
    [" and ", "none"],
  ] as const)("%s: %s", (words, kind) => {
    expect(stretchKind(claims, stretch(words, "visual"))).toBe(kind);
    expect(stretchKinds).toContain(kind);
  });
});
