import type { Difference, Estimate } from "../../core/ratio.ts";
import { mean, standardDeviation } from "../../core/stats.ts";

/** A number of several runs: one a seed, with what they have in common. */
export interface OverSeeds<Each> {
  /** Of the runs where it is defined; null where it is in none. */
  mean: number | null;
  /** Sample standard deviation over the runs; null of fewer than two. */
  sd: number | null;
  /** Each with its 95 % interval over clips. */
  seeds: Each[];
}

export const estimatesOverSeeds = (seeds: Estimate[]): OverSeeds<Estimate> =>
  overSeeds(seeds, ({ value }) => value);

export const differencesOverSeeds = (seeds: Difference[]): OverSeeds<Difference> =>
  overSeeds(seeds, ({ difference }) => difference);

function overSeeds<Each>(seeds: Each[], numberOf: (each: Each) => number | null): OverSeeds<Each> {
  const known = seeds.flatMap((each) => numberOf(each) ?? []);
  const sd = standardDeviation(known);
  return {
    mean: known.length === 0 ? null : mean(known),
    sd: Number.isNaN(sd) ? null : sd,
    seeds,
  };
}
