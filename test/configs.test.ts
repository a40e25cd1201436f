import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { dataSection } from "../src/cli/sources.ts";
import { loadConfig } from "../src/config/load.ts";
import { experimentJsonSchema, experimentOptions } from "../src/config/schema.ts";
import { resolveLossOptions } from "../src/loss/presets.ts";

const folder = resolve(import.meta.dirname, "../configs");
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));

describe("shipped configs", () => {
  it.each(files)("%s loads, and its losses resolve", (file) => {
    const experiment = loadConfig(join(folder, file), experimentOptions);
    for (const { loss } of Object.values(experiment.variants)) {
      expect(resolveLossOptions(loss).surrogate.kind).toBeDefined();
    }
    expect(experiment.rl.maxTokens).toBeLessThanOrEqual(experiment.policy.maxTokens);
  });

  it("are described by the written JSON Schema (npm run schema)", () => {
    const written: unknown = JSON.parse(
      readFileSync(join(folder, "experiment.schema.json"), "utf8"),
    );
    expect(written).toEqual(JSON.parse(JSON.stringify(experimentJsonSchema(dataSection()))));
  });
});
