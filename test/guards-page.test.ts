import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { swiftOptions } from "../src/export/options.ts";
import { guardOptions } from "../src/trainer/options.ts";

const page = readFileSync(join(import.meta.dirname, "../docs/guards.md"), "utf8");

/** `name` VALUE, as the page writes thresholds. */
const stated = new Map(
  [...page.matchAll(/`(\w+)` ([\d.]+)/g)].map(([, name, value]) => [name!, Number(value)]),
);

describe("docs/guards.md", () => {
  it("states every default of the embedded trainer's guards", () => {
    const defaults = Object.entries(guardOptions.parse({}));
    expect(defaults.length).toBeGreaterThan(0);
    for (const [name, value] of defaults) expect(stated.get(name), name).toBe(value);
  });

  it("states every default of the plugin's guards", () => {
    const defaults = Object.entries(swiftOptions.shape.guards.parse({}));
    expect(defaults.length).toBeGreaterThan(0);
    for (const [name, value] of defaults) expect(stated.get(name), name).toBe(value);
  });

  it("states nothing that is no guard's", () => {
    const known = [
      ...Object.keys(guardOptions.shape),
      ...Object.keys(swiftOptions.shape.guards.parse({})),
    ];
    expect([...stated.keys()].filter((name) => !known.includes(name))).toEqual([]);
  });
});
