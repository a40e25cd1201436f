const mmeTaskCount = 8;

/** A row of a published table. Shown in grey: other prompts, other runs, other code. */
export interface PublishedRow {
  model: string;
  /** Where the numbers were read. */
  source: string;
  /** Set name → main metric. */
  values: Readonly<Record<string, number>>;
  /** Over all sets of the benchmark, by metric id. */
  overall?: Readonly<Record<string, number>>;
}

/**
 * What stands in the last column: the published number where all sets are shown, a mean over the
 * sets shown where the benchmark's number is one; undefined where the row lacks a set.
 */
export function meanOver(
  row: PublishedRow,
  sets: readonly string[],
  id: string,
): number | undefined {
  const values = sets.flatMap((set) => row.values[set] ?? []);
  if (values.length === 0 || values.length < sets.length) return undefined;
  const published = row.overall?.[id];
  if (row.overall !== undefined) return sets.length === mmeTaskCount ? published : undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
