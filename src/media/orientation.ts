/** RGB pixels, row-major. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * Where a stored pixel is shown: column a·x + c·y, row b·x + d·y, counted from the shown edge. Each
 * −1, 0 or 1.
 */
export interface Orientation {
  a: number;
  b: number;
  c: number;
  d: number;
}

/**
 * How a film is to be shown, from FFmpeg's display matrix (`libavutil/display.h`: nine 32-bit
 * integers, of which the first, second, fourth and fifth turn and mirror). Phones store what their
 * sensor saw and mark it so. Other angles become the nearest quarter turn.
 * @returns null where pictures are stored as they are to be shown
 */
export function orientationOf(matrix: Buffer | null): Orientation | null {
  if (matrix === null || matrix.length < 36) return null;
  const [a, b, c, d] = [0, 1, 3, 4].map((at) => matrix.readInt32LE(4 * at)) as [
    number,
    number,
    number,
    number,
  ];
  const [upright, sideways] = [Math.abs(a) + Math.abs(d), Math.abs(b) + Math.abs(c)];
  if (sideways > upright) return { a: 0, b: sign(b), c: sign(c), d: 0 };
  if (upright === 0 || (a >= 0 && d >= 0)) return null;
  return { a: sign(a), b: 0, c: 0, d: sign(d) };
}

const sign = (value: number): number => (value < 0 ? -1 : 1);

/** The picture as it is to be shown. */
export function oriented(picture: Picture, { a, b, c, d }: Orientation): Picture {
  const { width, height, data } = picture;
  const shown = a === 0 ? { width: height, height: width } : { width, height };
  const left = a < 0 || c < 0 ? shown.width - 1 : 0;
  const top = b < 0 || d < 0 ? shown.height - 1 : 0;
  const out = new Uint8Array(data.length);
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from += 3) {
      const at = 3 * ((top + b * x + d * y) * shown.width + left + a * x + c * y);
      out[at] = data[from]!;
      out[at + 1] = data[from + 1]!;
      out[at + 2] = data[from + 2]!;
    }
  }
  return { ...shown, data: out };
}
