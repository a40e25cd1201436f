import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { vectorFiles } from "../scripts/loss-vectors.ts";

const folder = new URL("../integrations/ms-swift/tests/", import.meta.url);

/**
 * Numbers may differ in their last digits between machines (exp, log); everything else is equal.
 */
function expectSame(actual: unknown, recorded: unknown, path: string): void {
  if (typeof actual === "number" && typeof recorded === "number") {
    expect(Math.abs(actual - recorded), path).toBeLessThan(1e-12);
  } else if (typeof actual === "object" && actual !== null && recorded !== null) {
    expect(Object.keys(recorded as object), path).toEqual(Object.keys(actual));
    for (const [key, value] of Object.entries(actual)) {
      expectSame(value, (recorded as Record<string, unknown>)[key], `${path}.${key}`);
    }
  } else expect(recorded, path).toEqual(actual);
}

describe("vectors shared with the ms-swift plugin (renew with `npm run vectors`)", () => {
  it.each(Object.entries(vectorFiles))("%s says what the code says", (name, vectors) => {
    const recorded: unknown = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
    expectSame(JSON.parse(JSON.stringify(vectors())), recorded, name);
  });
});
