import type { TensorData } from "./tensor.ts";
import { type NamedTensors, unseen } from "./tensors.ts";

/** Sizes of a cache: B completions, S prefix positions, T positions for their own tokens. */
export interface CacheShape {
  rows: number;
  prefix: number;
  own: number;
  heads: number;
  headWidth: number;
}

/** What a prefill returned, and which prompt each completion follows. */
export interface EncodedPrompts {
  /** [P, S]. */
  hidden: Float32Array;
  /** Per layer keys and values, [P, H, S, K] each. */
  parts: readonly TensorData[];
  /** Prompt of each completion. */
  promptOf: readonly number[];
}

/**
 * Memory that one cache after the other lives in: allocating it anew costs more than filling it.
 */
export class CacheMemory {
  private buffers: Float32Array[] = [];

  /** `count` arrays of at least `size` elements, with whatever was written there last. */
  take(count: number, size: number): Float32Array[] {
    if (this.buffers.length < count || (this.buffers[0] as Float32Array).length < size) {
      this.buffers = Array.from({ length: count }, () => new Float32Array(size));
    }
    return this.buffers.slice(0, count);
  }

  /** What was written may be infinite or NaN, which no attention weight of 0 takes away. */
  forget(): void {
    this.buffers = [];
  }
}

/**
 * Keys and values of prefix and completion, per layer [B, H, S + T, K], with what may be seen. It
 * shrinks and grows in place. Positions nobody sees hold old numbers, which attention multiplies by
 * 0.
 */
export class DecodeCache {
  private rows: number;
  private own: number;
  private readonly shape: CacheShape;
  private readonly buffers: readonly Float32Array[];
  private bias: Float32Array;

  /**
   * Completions after their prompts' prefix, without a token yet; `most` is the largest it will be.
   */
  constructor(
    memory: CacheMemory,
    most: CacheShape,
    sizes: { rows: number; own: number },
    { hidden, parts, promptOf }: EncodedPrompts,
  ) {
    const { heads, headWidth, prefix } = most;
    this.shape = most;
    this.rows = sizes.rows;
    this.own = sizes.own;
    const block = prefix * headWidth;
    const largest = most.rows * heads * (prefix + most.own) * headWidth;
    this.buffers = memory.take(parts.length, largest);
    this.bias = new Float32Array(this.rows * this.length).fill(unseen);
    promptOf.forEach((prompt, row) => {
      this.bias.set(hidden.subarray(prompt * prefix, (prompt + 1) * prefix), row * this.length);
      this.buffers.forEach((buffer, index) => {
        for (let head = 0; head < heads; head++) {
          const from = (prompt * heads + head) * block;
          const to = (row * heads + head) * this.length * headWidth;
          buffer.set((parts[index] as Float32Array).subarray(from, from + block), to);
        }
      });
    });
  }

  /** B and L: what the decode program is made for. */
  get bucket(): { rows: number; length: number } {
    return { rows: this.rows, length: this.length };
  }

  /** Tokens that fit. */
  get room(): number {
    return this.own;
  }

  private get length(): number {
    return this.shape.prefix + this.own;
  }

  /** `bias` [B, S + T] and `cache.<layer>.keys|values`: inputs of the decode program. */
  tensors(): NamedTensors {
    const { heads, headWidth } = this.shape;
    const size = this.rows * heads * this.length * headWidth;
    const named: NamedTensors = { bias: this.bias };
    this.buffers.forEach((buffer, index) => {
      const part = index % 2 === 0 ? "keys" : "values";
      named[`cache.${Math.floor(index / 2)}.${part}`] = buffer.subarray(0, size);
    });
    return named;
  }

  /**
   * Keeps the given completions, ascending, as the first ones of `rows`, each with room for `own`
   * tokens.
   */
  resize(keep: readonly number[], rows: number, own: number): void {
    const { heads, headWidth, prefix } = this.shape;
    const [before, after] = [this.length, prefix + own];
    const bias = new Float32Array(rows * after).fill(unseen);
    const order = keep.flatMap((from, to) =>
      Array.from({ length: heads }, (_, head) => [from * heads + head, to * heads + head] as const),
    );
    keep.forEach((from, to) => {
      bias.set(
        this.bias.subarray(from * before, from * before + Math.min(before, after)),
        to * after,
      );
    });
    for (const buffer of this.buffers) {
      // first together at the old stride, from the front; then apart to the new one, from the back
      moveBlocks(buffer, order, before * headWidth, before * headWidth);
      if (after === before) continue;
      const apart = order.map(([, to]) => [to, to] as const).reverse();
      moveBlocks(buffer, apart, before * headWidth, after * headWidth);
    }
    this.bias = bias;
    this.rows = rows;
    this.own = own;
  }

  /** Writes one token's keys and values, [B, H, K] each, at `position` of the completions. */
  write(position: number, parts: readonly TensorData[]): void {
    const { heads, prefix, headWidth } = this.shape;
    const { length } = this;
    const at = prefix + position;
    for (let index = 0; index < this.buffers.length; index++) {
      const buffer = this.buffers[index] as Float32Array;
      const part = parts[index] as Float32Array;
      for (let row = 0; row < this.rows * heads; row++) {
        const to = (row * length + at) * headWidth;
        const from = row * headWidth;
        for (let i = 0; i < headWidth; i++) buffer[to + i] = part[from + i] as number;
      }
    }
    for (let row = 0; row < this.rows; row++) this.bias[row * length + at] = 0;
  }
}

/**
 * Moves blocks `[from, to]` of `fromSize` elements to places `toSize` apart, in the given order.
 */
function moveBlocks(
  buffer: Float32Array,
  order: readonly (readonly [from: number, to: number])[],
  fromSize: number,
  toSize: number,
): void {
  for (const [from, to] of order) {
    if (from * fromSize === to * toSize) continue;
    buffer.copyWithin(to * toSize, from * fromSize, (from + 1) * fromSize);
  }
}
