/** A cue paid by a claim. Indices are rows and columns of the weight matrix. */
export interface Match {
  cue: number;
  claim: number;
  /** f of the pair, above 0. */
  weight: number;
}

/**
 * Maximum-weight one-to-one assignment of claims to cues (docs/method.md#reward). Column-max would
 * let one vague sentence pay every cue. `weights[cue][claim]` are not negative; pairs of weight 0
 * are left out.
 * `capacity` is the number of cues that one claim may pay.
 */
export function assignClaims(weights: readonly ArrayLike<number>[], capacity = 1): Match[] {
  const claims = weights[0]?.length ?? 0;
  if (claims === 0) return [];
  const wide = weights.map((row) =>
    Array.from({ length: claims * capacity }, (_, i) => row[i % claims] as number),
  );
  const matches: Match[] = [];
  for (const [cue, column] of maximumWeightColumns(wide).entries()) {
    if (column === undefined) continue;
    const claim = column % claims;
    const weight = weights[cue]?.[claim] as number;
    if (weight > 0) matches.push({ cue, claim, weight });
  }
  return matches;
}

/** Costs of rows and columns, row by row. The last `alike` columns cost the same for each row. */
interface Costs {
  rows: number;
  columns: number;
  alike: number;
  values: Float64Array;
}

/** Column of each row. The algorithm needs rows ≤ columns, so zero columns fill up. */
function maximumWeightColumns(weights: readonly number[][]): (number | undefined)[] {
  const real = weights[0]?.length ?? 0;
  const rows = weights.length;
  const alike = Math.max(0, rows - real);
  const columns = real + alike;
  const values = new Float64Array(rows * columns);
  for (const [i, row] of weights.entries()) {
    for (const [j, weight] of row.entries()) values[i * columns + j] = -weight;
  }
  const chosen = minimumCostColumns({ rows, columns, alike, values });
  return chosen.map((column) => (column < real ? column : undefined));
}

/**
 * Hungarian algorithm with potentials, O(rows² · columns): rows enter one by one, each along a
 * shortest augmenting path. Row 0 and column 0 of the working arrays are sentinels.
 */
function minimumCostColumns(costs: Costs): number[] {
  const { rows, columns, alike } = costs;
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  // Of columns that are alike the first free one is always the nearest: the others need no look.
  let reach = Math.min(columns, columns - alike + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const { end, previous } = augmentingPath(costs, reach, rowPotential, columnPotential, rowOf);
    for (let column = end; column !== 0; column = previous[column] as number) {
      rowOf[column] = rowOf[previous[column] as number] as number;
    }
    if (end === reach && reach < columns) reach++;
  }
  const columnOf = new Array<number>(rows).fill(0);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number;
    if (row > 0) columnOf[row - 1] = column - 1;
  }
  return columnOf;
}

/**
 * Dijkstra over reduced costs from the row at column 0 to a free column up to `reach`; updates both
 * potentials. Of equally near columns the first is taken.
 */
function augmentingPath(
  { columns, values }: Costs,
  reach: number,
  rowPotential: Float64Array,
  columnPotential: Float64Array,
  rowOf: Int32Array,
): { end: number; previous: Int32Array } {
  const distance = new Float64Array(reach + 1).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(reach + 1);
  const visited: number[] = [];
  const open = Int32Array.from({ length: reach }, (_, i) => i + 1);
  let left = reach;
  let at = 0;
  do {
    visited.push(at);
    const row = rowOf[at] as number;
    const before = (row - 1) * columns - 1;
    const potential = rowPotential[row] as number;
    let next = 0;
    let step = Number.POSITIVE_INFINITY;
    let kept = 0;
    for (let i = 0; i < left; i++) {
      const column = open[i] as number;
      if (column === at) continue;
      open[kept++] = column;
      const cost = values[before + column] as number;
      const reduced = cost - potential - (columnPotential[column] as number);
      if (reduced < (distance[column] as number)) {
        distance[column] = reduced;
        previous[column] = at;
      }
      if ((distance[column] as number) < step) {
        step = distance[column] as number;
        next = column;
      }
    }
    left = kept;
    if (step !== 0) {
      for (const column of visited) {
        rowPotential[rowOf[column] as number]! += step;
        columnPotential[column]! -= step;
      }
      for (let i = 0; i < left; i++) distance[open[i] as number]! -= step;
    }
    at = next;
  } while (rowOf[at] !== 0);
  return { end: at, previous };
}
