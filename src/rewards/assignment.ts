/** A cue paid by a claim. Indices are rows and columns of the weight matrix. */
export interface Match {
  cue: number;
  claim: number;
  /** f of the pair, above 0. */
  weight: number;
}

/**
 * Maximum-weight one-to-one assignment of claims to cues (spec §3). Column-max would let one vague
 * sentence pay every cue. `weights[cue][claim]` are not negative; pairs of weight 0 are left out.
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

/** Column of each row. The algorithm needs rows ≤ columns, so zero columns fill up. */
function maximumWeightColumns(weights: readonly number[][]): (number | undefined)[] {
  const columns = weights[0]?.length ?? 0;
  const filler = Math.max(0, weights.length - columns);
  const costs = weights.map((row) => [
    ...row.map((weight) => -weight),
    ...new Array<number>(filler).fill(0),
  ]);
  return minimumCostColumns(costs).map((column) => (column < columns ? column : undefined));
}

/**
 * Hungarian algorithm with potentials, O(rows² · columns): rows enter one by one, each along a
 * shortest augmenting path. Row 0 and column 0 of the working arrays are sentinels.
 */
function minimumCostColumns(costs: readonly number[][]): number[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(columns + 1);
  const rowOf = new Int32Array(columns + 1);
  for (let row = 1; row <= rows; row++) {
    rowOf[0] = row;
    const { end, previous } = augmentingPath(costs, rowPotential, columnPotential, rowOf);
    for (let column = end; column !== 0; column = previous[column] as number) {
      rowOf[column] = rowOf[previous[column] as number] as number;
    }
  }
  const columnOf = new Array<number>(rows).fill(0);
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column] as number;
    if (row > 0) columnOf[row - 1] = column - 1;
  }
  return columnOf;
}

/** Dijkstra over reduced costs from the row at column 0 to a free column; updates both potentials. */
function augmentingPath(
  costs: readonly number[][],
  rowPotential: Float64Array,
  columnPotential: Float64Array,
  rowOf: Int32Array,
): { end: number; previous: Int32Array } {
  const columns = columnPotential.length - 1;
  const distance = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY);
  const previous = new Int32Array(columns + 1);
  const visited = new Uint8Array(columns + 1);
  let at = 0;
  do {
    visited[at] = 1;
    const row = rowOf[at] as number;
    let next = 0;
    let step = Number.POSITIVE_INFINITY;
    for (let column = 1; column <= columns; column++) {
      if (visited[column]) continue;
      const cost = costs[row - 1]?.[column - 1] as number;
      const reduced = cost - (rowPotential[row] as number) - (columnPotential[column] as number);
      if (reduced < (distance[column] as number)) {
        distance[column] = reduced;
        previous[column] = at;
      }
      if ((distance[column] as number) < step) {
        step = distance[column] as number;
        next = column;
      }
    }
    for (let column = 0; column <= columns; column++) {
      if (visited[column]) {
        const visitedRow = rowOf[column] as number;
        rowPotential[visitedRow] = (rowPotential[visitedRow] as number) + step;
        columnPotential[column] = (columnPotential[column] as number) - step;
      } else {
        distance[column] = (distance[column] as number) - step;
      }
    }
    at = next;
  } while (rowOf[at] !== 0);
  return { end: at, previous };
}
