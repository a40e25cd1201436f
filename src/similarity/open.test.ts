import { describe, expect, it } from "vitest";
import { calibrationOf, defaultCalibration } from "./calibration.ts";
import { openEmbedder } from "./open.ts";
import { embedderOptions } from "./options.ts";
import { embedderStatus } from "./status.ts";

describe("embedderOptions", () => {
  it("defaults to the bundled encoder", () => {
    expect(embedderOptions.parse(undefined)).toMatchObject({ kind: "use-lite", concepts: true });
  });

  it("refuses unknown keys, and thresholds the wrong way round", () => {
    expect(() => embedderOptions.parse({ kind: "use-lite", modle: "x" })).toThrow(/modle/);
    const calibration = { low: 0.9, high: 0.5 };
    expect(() => embedderOptions.parse({ kind: "use-lite", calibration })).toThrow(/below high/);
  });
});

describe("openEmbedder", () => {
  it("brings the thresholds measured for the encoder", async () => {
    const { embedder, calibration } = await openEmbedder(embedderOptions.parse(undefined));
    expect(calibration).toEqual(calibrationOf(embedder.id));
    expect(calibration).not.toEqual(defaultCalibration);
  });

  it("puts given thresholds first, and the start values where nobody measured", async () => {
    const own = { low: 0.1, high: 0.9 };
    const given = await openEmbedder(embedderOptions.parse({ kind: "use-lite", calibration: own }));
    expect(given.calibration).toEqual(own);
    const unknown = { kind: "openai", baseUrl: "http://127.0.0.1:9/v1", model: "new" };
    const opened = await openEmbedder(embedderOptions.parse(unknown));
    expect(opened.calibration).toEqual(defaultCalibration);
  });
});

describe("embedderStatus", () => {
  it("is fine for the bundled encoder", async () => {
    expect(await embedderStatus(embedderOptions.parse(undefined))).toMatchObject({
      ok: true,
      cure: "",
    });
  });

  it("says what to do about a server that is not there", async () => {
    const options = { kind: "openai", baseUrl: "http://127.0.0.1:9/v1", model: "m", retries: 0 };
    const status = await embedderStatus(embedderOptions.parse(options));
    expect(status).toMatchObject({ ok: false, id: "openai:m" });
    expect(status.cure).toMatch(/is the server running/);
  });
});
