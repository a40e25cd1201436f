import type { Difference, Estimate } from "../../core/ratio.ts";
import type { OverSeeds } from "./over-seeds.ts";

/*
 * The rules of `rules.ts` as functions: what an answer is called follows from the numbers alone.
 */

const everySeed = <Each>({ seeds }: OverSeeds<Each>, holds: (each: Each) => boolean): boolean =>
  seeds.length > 0 && seeds.every(holds);

/** @param reached percent of false claims at δ .5. */
export function reachAnswer(reached: OverSeeds<Estimate>): "never" | "does" | "in part" {
  if (everySeed(reached, ({ value }) => value !== null && value < 10)) return "never";
  return everySeed(reached, ({ value }) => value !== null && value > 50) ? "does" : "in part";
}

/** @param difference points: false claims reached less true claims reached. */
export const tellsFalseFromTrue = (difference: OverSeeds<Difference>): boolean =>
  everySeed(
    difference,
    ({ difference: points, high }) => points !== null && points <= -10 && high !== null && high < 0,
  );

/** Nats a token, one entry a seed in the same order. */
export interface MaskedGrowth {
  byFull: OverSeeds<Estimate>;
  byMasked: OverSeeds<Estimate>;
  /** NLL of true evidence, trained less cold start. */
  full: OverSeeds<Difference>;
  masked: OverSeeds<Difference>;
}

/**
 * Whether a divergence that grew did so in the masked pass; `did not grow` where the shares do not
 * add up to more than 0 in every seed.
 */
export function growthAnswer({
  byFull,
  byMasked,
  full,
  masked,
}: MaskedGrowth): "masked pass" | "not the masked pass alone" | "did not grow" {
  const of = (each: OverSeeds<Estimate>, seed: number) => each.seeds[seed]?.value ?? 0;
  const grown = everySeedIndex(byMasked, (seed) => of(byFull, seed) + of(byMasked, seed) > 0);
  if (!grown) return "did not grow";
  const owed = everySeedIndex(byMasked, (seed) => of(byMasked, seed) > of(byFull, seed));
  const worse = everySeedIndex(
    byMasked,
    (seed) => (masked.seeds[seed]?.difference ?? 0) > -(full.seeds[seed]?.difference ?? 0),
  );
  return owed && worse ? "masked pass" : "not the masked pass alone";
}

function everySeedIndex({ seeds }: OverSeeds<unknown>, holds: (seed: number) => boolean): boolean {
  return seeds.length > 0 && seeds.every((_, seed) => holds(seed));
}

/** @param difference R_omni of the hack less the system's own, paired over clips. */
export const beats = (difference: OverSeeds<Difference>): boolean =>
  everySeed(difference, ({ low }) => low !== null && low > 0);

/** Whether it also earns at least half of the reference's R_omni in every seed. */
export const wins = (
  difference: OverSeeds<Difference>,
  hack: OverSeeds<Estimate>,
  reference: OverSeeds<Estimate>,
): boolean =>
  beats(difference) &&
  hack.seeds.every(({ value }, seed) => (value ?? 0) >= (reference.seeds[seed]?.value ?? 0) / 2);

/** @param growth nats a token: trained less cold start. */
export const inflatesGap = (growth: {
  gap: OverSeeds<Difference>;
  information: OverSeeds<Difference>;
}): boolean =>
  everySeed(growth.gap, ({ low }) => low !== null && low > 0) &&
  everySeedIndex(
    growth.gap,
    (seed) =>
      (growth.gap.seeds[seed]?.difference ?? 0) > (growth.information.seeds[seed]?.difference ?? 0),
  );

/** Whether more than half of a divergence is gap, in every seed. */
export const loose = (gap: OverSeeds<Estimate>, divergence: OverSeeds<Estimate>): boolean =>
  everySeedIndex(gap, (seed) => {
    const [part, whole] = [gap.seeds[seed]?.value, divergence.seeds[seed]?.value];
    return typeof part === "number" && typeof whole === "number" && part > whole / 2;
  });
