import { DataError } from "../../core/errors.ts";
import type { ClipRow } from "../clip-row.ts";
import type { StreamFeatures } from "./stream-features.ts";
import type { StreamName } from "./streams.ts";

/** @throws DataError */
export function readFeatureFiles(
  _rows: readonly ClipRow[],
  stream: StreamName,
  _tokens: number,
): StreamFeatures {
  throw new DataError("FEATURES_FORMAT", `files of ${stream} features cannot be read yet`);
}
