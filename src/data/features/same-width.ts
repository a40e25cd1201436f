import { DataError } from "../../core/errors.ts";
import type { ReadFeatures } from "./stream-features.ts";
import { listed, type StreamName } from "./streams.ts";

/**
 * The D that all clips share; 0 for no clips.
 * @throws DataError `FEATURES_WIDTH` naming who has which
 */
export function refuseOtherWidths(
  read: readonly Pick<ReadFeatures, "id" | "file" | "dim">[],
  stream: StreamName,
): number {
  const byDim = new Map<number, string[]>();
  for (const { id, file, dim } of read) {
    const there = byDim.get(dim) ?? [];
    there.push(`'${id}' (${file})`);
    byDim.set(dim, there);
  }
  if (byDim.size < 2) return read[0]?.dim ?? 0;
  // The few that differ from the many are the likely mistake: they come first.
  const widths = [...byDim].toSorted(([, a], [, b]) => a.length - b.length);
  const lines = widths.map(
    ([dim, clips]) => `  D = ${dim} in ${clips.length}: ${listed(clips, 3)}`,
  );
  throw new DataError(
    "FEATURES_WIDTH",
    `${stream} features have rows of different widths:\n${lines.slice(0, 5).join("\n")}\n`,
    { hint: "features of one stream come from one encoder; take those again that differ" },
  );
}
