export interface Mismatch {
  /** Place of the value: "cases.3.expected.waf". */
  path: string;
  expected: unknown;
  got: unknown;
}

export interface Comparison {
  /** Values compared. */
  checked: number;
  mismatches: Mismatch[];
}

/**
 * Compares recorded values with recomputed ones, value by value, bit for bit. Values that only one
 * side has are mismatches. A recorded NaN is written "NaN", for JSON has none.
 */
export function compareValues(expected: unknown, got: unknown, path = ""): Comparison {
  const found: Comparison = { checked: 0, mismatches: [] };
  compareInto(found, expected, got, path);
  return found;
}

export function joinComparisons(parts: readonly Comparison[]): Comparison {
  return {
    checked: parts.reduce((sum, { checked }) => sum + checked, 0),
    mismatches: parts.flatMap(({ mismatches }) => mismatches),
  };
}

function compareInto(found: Comparison, expected: unknown, got: unknown, path: string): void {
  const shown = typeof got === "number" && Number.isNaN(got) ? "NaN" : got;
  if (isTree(expected) && isTree(shown) && Array.isArray(expected) === Array.isArray(shown)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(shown)]);
    for (const key of keys) {
      compareInto(found, expected[key], shown[key], path === "" ? key : `${path}.${key}`);
    }
    // Two empty lists are one equal value.
    if (keys.size === 0) found.checked++;
    return;
  }
  found.checked++;
  if (!Object.is(expected, shown)) found.mismatches.push({ path, expected, got: shown });
}

const isTree = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object";
