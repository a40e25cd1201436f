/** Value and slope of a sampled divergence at d = log p − log q, nats. */
export interface Estimate {
  value: number;
  /** dK/dd; the gradient on log p is +slope, on log q −slope. */
  slope: number;
}

/**
 * Single-sample divergence estimators K(d), for tokens drawn from p (docs/method.md#estimators):
 *
 * | | value | E[slope · ∇log p] | E[−slope · ∇log q] |
 * |---|---|---|---|
 * | k1 | d | 0 | ∇KL(p‖q) |
 * | k2 | d²/2 | ∇KL(p‖q) | not a KL gradient |
 * | k3 | e^−d + d − 1 | ∇KL(q‖p) | ∇KL(p‖q) |
 * | reciprocal | e^d − d − 1 | ∇ χ²(p‖q)/2 | – |
 *
 * k2 and k3 have no slope at d = 0: where a claim is exactly as likely blind, they push nothing.
 */
export const estimators = {
  k1: (d: number): Estimate => ({ value: d, slope: 1 }),
  k2: (d: number): Estimate => ({ value: (d * d) / 2, slope: d }),
  k3: (d: number): Estimate => ({ value: Math.expm1(-d) + d, slope: -Math.expm1(-d) }),
  reciprocal: (d: number): Estimate => ({ value: Math.expm1(d) - d, slope: Math.expm1(d) }),
} as const;

export type EstimatorName = keyof typeof estimators;
export const estimatorNames = ["k1", "k2", "k3", "reciprocal"] as const;

/**
 * Log-ratios beyond this many nats carry no information and overflow exp; PAPO clamps there too.
 */
export const logRatioLimit = 20;

/** K at d clamped to ±20 nats; no slope outside. */
export function estimate(name: EstimatorName, d: number): Estimate {
  const clamped = clamp(d, -logRatioLimit, logRatioLimit);
  const { value, slope } = estimators[name](clamped);
  return { value, slope: clamped === d ? slope : 0 };
}

/** min(K, cap): no slope once the cap is reached (PAPO's guard against an unbounded bonus). */
export function hardCap({ value, slope }: Estimate, cap: number): Estimate {
  return value < cap ? { value, slope } : { value: cap, slope: 0 };
}

/** cap · (1 − e^{−K/cap}): a cap without a corner. */
export function softCap({ value, slope }: Estimate, cap: number): Estimate {
  const decay = Math.exp(-value / cap);
  return { value: cap * (1 - decay), slope: slope * decay };
}

/**
 * ρ·k3(d) with ρ = e^{l − o}: off-policy KL penalty. Its slope on l is ρ·d exactly, so it has the
 * k2 gradient with an importance weight, and E over tokens drawn from o is ∇KL.
 */
export function importanceWeightedK3(d: number, ratio: number): Estimate {
  return { value: ratio * estimators.k3(d).value, slope: ratio * d };
}

/** e^{l − o} with the log clamped to ±20 nats, and whether it still moves with l. */
export function importanceRatio(current: number, old: number): { ratio: number; live: boolean } {
  const log = current - old;
  return {
    ratio: Math.exp(clamp(log, -logRatioLimit, logRatioLimit)),
    live: Math.abs(log) <= logRatioLimit,
  };
}

export function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
