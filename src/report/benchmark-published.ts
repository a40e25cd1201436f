/** A row of a published table. Shown in grey: other prompts, other runs, other code. */
export interface PublishedRow {
  model: string;
  /** Where the numbers were read. */
  source: string;
  /** How checkpoints were chosen, where the source says so. */
  checkpoints?: string;
  /** The model that judged the answers, where one did. */
  judge?: string;
  /** What a reader must know of this row. */
  remark?: string;
  /** Set name → main metric. */
  values: Readonly<Record<string, number>>;
  /** Over all sets of the benchmark, by metric id. */
  overall?: Readonly<Record<string, number>>;
  /** How many sets `overall` is over. */
  overallSets?: number;
  /** The mean of `values` as it is printed; pages show the one of the cells. */
  printedMean?: number;
}

/** The paper whose method this project is about. */
export const oppoPaper = "arXiv 2606.25325";

/**
 * What stands in the last column: the published number where all sets are shown, a mean over the
 * sets shown where the benchmark's number is one; undefined where the row lacks a set.
 */
export function meanOver(
  row: PublishedRow,
  sets: readonly string[],
  id: string,
): number | undefined {
  if (row.overall !== undefined) {
    return sets.length === row.overallSets ? row.overall[id] : undefined;
  }
  const values = sets.flatMap((set) => row.values[set] ?? []);
  if (values.length === 0 || values.length < sets.length) return undefined;
  return meanOf(values);
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Two decimals in the cells and in the mean: each may be off by half a hundredth. */
const rounding = 0.01 + 1e-9;

/** Whether a printed mean is that of its cells, as far as two decimals tell. */
export const fitsCells = (printed: number, ofCells: number): boolean =>
  Math.abs(printed - ofCells) <= rounding;

/** The printed mean of a row whose cells give another one. */
export function misprintedMean({ values, printedMean }: PublishedRow): number | undefined {
  if (printedMean === undefined) return undefined;
  return fitsCells(printedMean, meanOf(Object.values(values))) ? undefined : printedMean;
}

/** What stands below a row's name: how it was made, as far as that is known. */
export const publishedFacts = ({ checkpoints, judge, remark }: PublishedRow): string =>
  [checkpoints, judge && `judge ${judge}`, remark].filter((fact) => fact).join("; ");

/** Every source with the rows read there, for the line under a table. */
export function publishedSources(rows: readonly PublishedRow[]): string {
  const models = new Map<string, string[]>();
  for (const { source, model } of rows) models.set(source, [...(models.get(source) ?? []), model]);
  return [...models].map(([source, names]) => `${names.join(", ")} (${source})`).join("; ");
}
