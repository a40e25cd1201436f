import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignClaims } from "./assignment.ts";

const total = (matches: { weight: number }[]) => matches.reduce((sum, m) => sum + m.weight, 0);

/** Best total over all one-to-one assignments, by trying each claim for each cue in turn. */
function bruteForce(weights: number[][], free: number[]): number {
  const [row, ...rest] = weights;
  if (!row) return 0;
  const skipped = bruteForce(rest, free);
  return row.reduce((best, weight, claim) => {
    if (!free[claim]) return best;
    const left = free.map((count, i) => (i === claim ? count - 1 : count));
    return Math.max(best, weight + bruteForce(rest, left));
  }, skipped);
}

const matrices = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }))
  .chain(([cues, claims]) =>
    fc.array(
      fc.array(fc.constantFrom(0, 0.2, 0.3, 0.5, 0.9, 1), { minLength: claims, maxLength: claims }),
      {
        minLength: cues,
        maxLength: cues,
      },
    ),
  );

describe("assignClaims", () => {
  it("prefers the best total to the best single pair", () => {
    expect(
      assignClaims([
        [0.9, 0.8],
        [0.8, 0],
      ]),
    ).toEqual([
      { cue: 0, claim: 1, weight: 0.8 },
      { cue: 1, claim: 0, weight: 0.8 },
    ]);
  });

  it("leaves out pairs of weight 0, and survives empty sides", () => {
    expect(assignClaims([[0, 0]])).toEqual([]);
    expect(assignClaims([[], []])).toEqual([]);
    expect(assignClaims([])).toEqual([]);
  });

  it("pays more cues than claims only up to the capacity", () => {
    const weights = [[0.9], [0.8], [0.7]];
    expect(assignClaims(weights)).toEqual([{ cue: 0, claim: 0, weight: 0.9 }]);
    expect(total(assignClaims(weights, 2))).toBeCloseTo(1.7, 12);
  });

  it("decides between equal totals as it always did, or rewards would name other pairs", () => {
    const weights = [
      [0.5, 0.5, 0],
      [0.5, 0, 0.5],
      [0, 0.5, 0.5],
      [0.5, 0.5, 0.5],
      [0, 0, 0],
    ];
    const pairs = (capacity: number) =>
      assignClaims(weights, capacity).map(({ cue, claim }) => [cue, claim]);
    expect(pairs(1)).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
    ]);
    expect(pairs(2)).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
      [3, 0],
    ]);
  });

  it("is one-to-one and of maximal weight", () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom(1, 2), (weights, capacity) => {
        const matches = assignClaims(weights, capacity);
        const perCue = new Set(matches.map(({ cue }) => cue));
        expect(perCue.size).toBe(matches.length);
        for (const { claim } of matches) {
          expect(matches.filter((other) => other.claim === claim).length).toBeLessThanOrEqual(
            capacity,
          );
        }
        const free = weights[0]!.map(() => capacity);
        expect(total(matches)).toBeCloseTo(bruteForce(weights, free), 9);
      }),
    );
  });
});
