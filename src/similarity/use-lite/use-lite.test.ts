import { describe, expect, it } from "vitest";
import { embedderConformance } from "../conformance.ts";
import { openUseLite } from "./use-lite.ts";

describe("bundled encoder", async () => {
  const embedder = await openUseLite();

  it.each(embedderConformance)("$name", ({ run }) => run(embedder));

  it("gives the same bits in a small, a large and a mixed batch", async () => {
    const texts = [
      "a broad smile",
      "her voice trembles slightly at the end",
      "nods",
      "raised brows",
    ];
    const small = await openUseLite({ batchSize: 1 });
    expect(await embedder.embed(texts)).toEqual(await small.embed(texts));
  });

  it("puts paraphrases nearer than other subjects", async () => {
    const [a, b, c] = (await embedder.embed([
      "she speaks very fast",
      "she talks quickly",
      "a white shirt",
    ])) as [Float32Array, Float32Array, Float32Array];
    const cosine = (x: Float32Array, y: Float32Array) =>
      x.reduce((sum, v, i) => sum + v * y[i]!, 0);
    expect(cosine(a, b)).toBeGreaterThan(cosine(a, c) + 0.2);
  });
});
