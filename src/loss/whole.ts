/**
 * KL(p‖q) = Σ_v p_v (log p_v − log q_v), nats, of two rows of log-probs over a whole vocabulary.
 * A word that p never says adds nothing.
 *
 * @param at first entry of the row in each array.
 */
export function rowKl(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  vocabulary: number,
  at: { p: number; q: number } = { p: 0, q: 0 },
): number {
  let sum = 0;
  for (let v = 0; v < vocabulary; v++) {
    const log = p[at.p + v] as number;
    const chance = Math.exp(log);
    if (chance > 0) sum += chance * (log - (q[at.q + v] as number));
  }
  return sum;
}

/**
 * Adds scale · dKL(p‖q)/dlog p_v = scale · p_v (log p_v − log q_v + 1) to a row, each log-prob
 * taken as free. On logits the +1 falls out with the softmax (`onLogits`). Returns KL(p‖q) as
 * `rowKl` does, for one exponential a word instead of two.
 */
export function addKlSlopes(
  p: ArrayLike<number>,
  q: ArrayLike<number>,
  vocabulary: number,
  at: { p: number; q: number },
  scale: number,
  into: { p: Float64Array; q: Float64Array | undefined },
): number {
  let sum = 0;
  for (let v = 0; v < vocabulary; v++) {
    const log = p[at.p + v] as number;
    const chance = Math.exp(log);
    if (chance === 0) continue;
    const ratio = log - (q[at.q + v] as number);
    sum += chance * ratio;
    into.p[at.p + v] = (into.p[at.p + v] as number) + scale * chance * (ratio + 1);
    // dKL(p‖q)/dlog q_v = −p_v
    if (into.q) into.q[at.q + v] = (into.q[at.q + v] as number) - scale * chance;
  }
  return sum;
}

/**
 * A gradient on rows of log-probs as one on their logits: g_v − p_v Σ g, row by row, since
 * log p = z − logsumexp(z).
 *
 * @param gradient,logprobs [rows × V].
 */
export function onLogits(
  gradient: ArrayLike<number>,
  logprobs: ArrayLike<number>,
  vocabulary: number,
): Float64Array {
  const out = new Float64Array(gradient.length);
  for (let row = 0; row < gradient.length; row += vocabulary) {
    let sum = 0;
    for (let v = 0; v < vocabulary; v++) sum += gradient[row + v] as number;
    for (let v = 0; v < vocabulary; v++) {
      out[row + v] = (gradient[row + v] as number) - Math.exp(logprobs[row + v] as number) * sum;
    }
  }
  return out;
}
