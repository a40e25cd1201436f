import assert from "node:assert/strict";
import { dot } from "../core/vector.ts";
import type { Embedder } from "./port.ts";

/** One demand of the port. `run` throws an AssertionError where an adapter breaks it. */
export interface ConformanceCheck {
  name: string;
  run(embedder: Embedder): Promise<void>;
}

const texts = ["raised brows", "her voice trembles", "raised brows", "a broad smile"] as const;

/**
 * What every `Embedder` must do. No test runner inside: an adapter's test wraps each check in `it`,
 * and whoever writes an adapter elsewhere can run them as they are.
 */
export const embedderConformance: readonly ConformanceCheck[] = [
  {
    name: "has a name with a version or model in it",
    async run(embedder) {
      assert.match(embedder.id, /\S/);
    },
  },
  {
    name: "gives one unit vector per text, all of one length",
    async run(embedder) {
      const vectors = await embedder.embed(texts);
      assert.equal(vectors.length, texts.length);
      for (const vector of vectors) {
        assert.ok(vector instanceof Float32Array);
        assert.equal(vector.length, vectors[0]?.length);
        assert.ok(Math.abs(Math.sqrt(dot(vector, vector)) - 1) < 1e-5, "length is not 1");
      }
    },
  },
  {
    name: "gives equal texts equal vectors and different texts different ones",
    async run(embedder) {
      const [first, second, again, fourth] = await embedder.embed(texts);
      assert.deepEqual(first, again);
      assert.notDeepEqual(first, second);
      assert.notDeepEqual(first, fourth);
    },
  },
  {
    name: "keeps the order, whatever else is in the batch",
    async run(embedder) {
      const forward = await embedder.embed(texts);
      const backward = await embedder.embed(texts.toReversed());
      const alone = await embedder.embed([texts[1]]);
      assert.deepEqual(forward, backward.toReversed());
      assert.deepEqual(forward[1], alone[0]);
    },
  },
  {
    name: "accepts more texts than a batch holds, and none at all",
    async run(embedder) {
      const many = Array.from({ length: 70 }, (_, i) => `cue number ${i} is visible`);
      assert.equal((await embedder.embed(many)).length, many.length);
      assert.deepEqual(await embedder.embed([]), []);
    },
  },
  {
    name: "accepts punctuation, other scripts and emoji",
    async run(embedder) {
      assert.equal((await embedder.embed(["…", "她在微笑", "😀"])).length, 3);
    },
  },
  {
    name: "refuses an empty text by name",
    async run(embedder) {
      await assert.rejects(embedder.embed(["a smile", "  "]), /text 1 is empty/);
    },
  },
];
