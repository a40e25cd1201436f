import { SimilarityError } from "../core/errors.ts";

/**
 * Checks what an encoder returned and scales it to unit length.
 * @throws SimilarityError EMBEDDING_COUNT, EMBEDDING_SIZE, EMBEDDING_NOT_FINITE or EMBEDDING_ZERO,
 *   naming the source and the text.
 */
export function unitVectors(
  rows: readonly ArrayLike<number>[],
  texts: readonly string[],
  source: string,
): Float32Array[] {
  if (rows.length !== texts.length) {
    throw new SimilarityError(
      "EMBEDDING_COUNT",
      `${source} returned ${rows.length} vectors for ${texts.length} texts`,
      { hint: "the endpoint must answer every text of a batch; try a smaller batchSize" },
    );
  }
  const size = rows[0]?.length ?? 0;
  return rows.map((row, index) => unitVector(row, size, texts[index] as string, source));
}

function unitVector(
  row: ArrayLike<number>,
  size: number,
  text: string,
  source: string,
): Float32Array {
  const about = `${source} for ${JSON.stringify(text.slice(0, 60))}`;
  if (row.length !== size || size === 0) {
    throw new SimilarityError(
      "EMBEDDING_SIZE",
      `${about}: ${row.length} numbers, expected ${size}`,
      {
        hint: "all vectors of one model have one length above 0; check the model name",
      },
    );
  }
  let squares = 0;
  for (let i = 0; i < size; i++) squares += (row[i] as number) ** 2;
  if (!Number.isFinite(squares)) {
    throw new SimilarityError("EMBEDDING_NOT_FINITE", `${about}: a vector with NaN or infinity`, {
      hint: "half-precision servers overflow on some inputs; serve the model in float32 or bfloat16",
    });
  }
  if (squares === 0) {
    throw new SimilarityError("EMBEDDING_ZERO", `${about}: a vector of zeros has no direction`, {
      hint: "check that the endpoint serves an embedding model",
    });
  }
  const scale = 1 / Math.sqrt(squares);
  return Float32Array.from(row, (value) => value * scale);
}

/**
 * @throws SimilarityError EMBEDDING_TEXT_EMPTY: encoders give no, or an arbitrary, vector for
 * nothing.
 */
export function requireTexts(texts: readonly string[], source: string): void {
  const empty = texts.findIndex((text) => text.trim() === "");
  if (empty >= 0) {
    throw new SimilarityError("EMBEDDING_TEXT_EMPTY", `${source}: text ${empty} is empty`, {
      hint: "leave out empty claims and cues before embedding",
    });
  }
}

/** Consecutive slices of at most `size` items. */
export function batches<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = [];
  for (let start = 0; start < items.length; start += size) {
    out.push(items.slice(start, start + size));
  }
  return out;
}
