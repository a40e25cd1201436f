import { describe, expect, it } from "vitest";
import { klChange } from "./change.ts";

const log = (...chances: number[]) => chances.map(Math.log);
/** KL of two coins, nats. */
const coin = (p: number, q: number) => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));

describe("the change of a divergence", () => {
  const rows = (full: number, masked: number) => ({
    full: log(full, 1 - full),
    masked: log(masked, 1 - masked),
  });

  it("is the full pass's where that alone changed, and the masked one's likewise", () => {
    const [sharper] = klChange(rows(0.6, 0.5), rows(0.9, 0.5), 2);
    expect(sharper!.before).toBeCloseTo(coin(0.6, 0.5), 12);
    expect(sharper!["by-full"]).toBeCloseTo(coin(0.9, 0.5) - coin(0.6, 0.5), 12);
    expect(sharper!["by-masked"]).toBeCloseTo(0, 12);
    const [spoiled] = klChange(rows(0.6, 0.5), rows(0.6, 0.01), 2);
    expect(spoiled!["by-full"]).toBeCloseTo(0, 12);
    expect(spoiled!["by-masked"]).toBeCloseTo(coin(0.6, 0.01) - coin(0.6, 0.5), 12);
  });

  it("adds up where both changed, each the mean of the two orders", () => {
    const [both] = klChange(rows(0.6, 0.5), rows(0.9, 0.2), 2);
    expect(both!["by-full"] + both!["by-masked"]).toBeCloseTo(coin(0.9, 0.2) - coin(0.6, 0.5), 12);
    const first = coin(0.9, 0.5) - coin(0.6, 0.5);
    const last = coin(0.9, 0.2) - coin(0.6, 0.2);
    expect(both!["by-full"]).toBeCloseTo((first + last) / 2, 12);
  });

  it("is taken position by position, and of nothing is nothing", () => {
    const two = (a: number, b: number) => [...log(a, 1 - a), ...log(b, 1 - b)];
    const rows = { full: two(0.6, 0.7), masked: two(0.5, 0.7) };
    expect(klChange(rows, rows, 2).map(({ before }) => before > 0.001)).toEqual([true, false]);
    expect(klChange({ full: [], masked: [] }, { full: [], masked: [] }, 0)).toEqual([]);
  });
});
