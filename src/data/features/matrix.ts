import type { FloatArray } from "../../arrays/floats.ts";
import { DataError } from "../../core/errors.ts";

/** `rows` rows of `dim` numbers, row-major: features over the time of a clip. */
export interface Matrix {
  rows: number;
  dim: number;
  values: Float32Array | Float64Array;
}

/** Wider rows are T and D in one: no encoder of faces or voices gives more. */
const mostDim = 65_536;

/**
 * An array as features over time: [T, D]; [D] is one row; [1, T, D] is [T, D].
 * @throws DataError `FEATURES_SHAPE`, `FEATURES_EMPTY`, `FEATURES_NOT_FINITE`
 */
export function toMatrix({ shape, isFortran, values }: FloatArray): Matrix {
  const inner = shape.length === 3 && shape[0] === 1 ? shape.slice(1) : shape;
  const sizes = inner.length === 1 ? [1, ...inner] : inner;
  const said = `[${shape.join(", ")}]`;
  if (sizes.length !== 2) {
    throw new DataError("FEATURES_SHAPE", `has shape ${said}`, {
      hint: "features are [T, D], [1, T, D], or [D] for one row",
    });
  }
  const [rows, dim] = sizes as [number, number];
  if (rows === 0 || dim === 0) {
    throw new DataError("FEATURES_EMPTY", `has shape ${said}: nothing was taken of this clip`, {
      hint: "take its features again, or leave it out of the list",
    });
  }
  if (dim > mostDim) {
    throw new DataError("FEATURES_SHAPE", `has shape ${said}: rows of more than ${mostDim}`, {
      hint: "are T and D flattened into one? save [T, D]",
    });
  }
  const matrix = { rows, dim, values: isFortran ? rowMajor(values, rows, dim) : values };
  refuseNotFinite(matrix);
  return matrix;
}

function rowMajor(values: Matrix["values"], rows: number, dim: number): Matrix["values"] {
  const out = values.slice();
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dim; i++) out[row * dim + i] = values[i * rows + row]!;
  }
  return out;
}

/** float32 is what is trained on: what it cannot hold is refused as well. */
function refuseNotFinite({ values, dim }: Matrix): void {
  let at = 0;
  while (at < values.length && Number.isFinite(Math.fround(values[at]!))) at++;
  if (at === values.length) return;
  const place = `row ${Math.floor(at / dim)}, column ${at % dim} (counted from 0)`;
  throw new DataError("FEATURES_NOT_FINITE", `holds ${values[at]} in ${place}`, {
    hint: "a frame without a face, or an overflow of float16? mend it, or leave the clip out",
  });
}
