/**
 * Seeded random numbers: xoshiro128**, seeded by splitmix32. Same seed, same numbers on every
 * machine.
 */
export class Rng {
  private state: Uint32Array;

  constructor(seed: number | string | Uint32Array) {
    this.state = seed instanceof Uint32Array ? seed.slice() : seedState(hashSeed(String(seed)));
  }

  /** Independent stream named by `label`: adding a consumer never shifts another's numbers. */
  fork(label: string | number): Rng {
    return new Rng(`${Array.from(this.state).join(",")}/${label}`);
  }

  /** Uniform in [0, 1) with 32 bits. */
  float(): number {
    return this.next() / 4294967296;
  }

  uniform(low: number, high: number): number {
    return low + (high - low) * this.float();
  }

  /** Integer in [0, n). */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  bool(probability: number): boolean {
    return this.float() < probability;
  }

  /**
   * Standard normal (Box-Muller, one of the pair discarded so that state is only the generator's).
   */
  normal(): number {
    const u = 1 - this.float();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.float());
  }

  /**
   * Fills `out` with standard normals: both of each Box-Muller pair, so at half the price of
   * `normal`.
   */
  normals(out: Float32Array): Float32Array {
    for (let i = 0; i < out.length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.float()));
      const angle = 2 * Math.PI * this.float();
      out[i] = radius * Math.cos(angle);
      if (i + 1 < out.length) out[i + 1] = radius * Math.sin(angle);
    }
    return out;
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new RangeError("Rng.pick: empty list");
    return items[this.int(items.length)] as T;
  }

  /** A shuffled copy (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = items.slice();
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      [out[i], out[j]] = [out[j] as T, out[i] as T];
    }
    return out;
  }

  /** State to store in a checkpoint; `new Rng(state)` goes on from there. */
  save(): Uint32Array {
    return this.state.slice();
  }

  private next(): number {
    const s = this.state as Uint32Array & { 0: number; 1: number; 2: number; 3: number };
    const result = Math.imul(rotl(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 11);
    return result;
  }
}

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

function hashSeed(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}

function seedState(seed: number): Uint32Array {
  let x = seed;
  return Uint32Array.from({ length: 4 }, () => {
    x = (x + 0x9e3779b9) | 0;
    let z = x;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  });
}
