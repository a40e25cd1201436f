import { z } from "zod";

const count = (value: number, text: string) => z.int().min(1).default(value).describe(text);

/** How `oppo serve` listens and what it accepts. */
export const serviceOptions = z.strictObject({
  host: z
    .string()
    .min(1)
    .default("127.0.0.1")
    .describe("address to listen on; one that others can reach needs a key"),
  port: z.int().min(0).max(65535).default(8791).describe("TCP port; 0: any free one"),
  apiKeyEnv: z
    .string()
    .min(1)
    .default("OPPO_API_KEY")
    .describe("environment variable with the key that clients send as `Authorization: Bearer`"),
  hosts: z
    .array(z.string().min(1))
    .default([])
    .describe("names in `Host` that are answered without a key, besides those of this machine"),
  stateFolder: z
    .string()
    .optional()
    .describe("keeps decompositions between runs; default: memory only"),
  limits: z
    .strictObject({
      bodyBytes: count(8 * 2 ** 20, "largest request, bytes"),
      bodySec: count(60, "seconds in which a request must have arrived"),
      bodyIdleSec: count(10, "seconds without a byte after which a request is given up"),
      items: count(512, "items per request"),
      textUnits: count(32_768, "UTF-16 code units per text"),
      cues: count(256, "cues of an item, and labels"),
      queuedBytes: count(128 * 2 ** 20, "bytes of requests in work, counted as they arrive"),
      queuedItems: count(4096, "items in work or waiting; beyond that requests get 429"),
    })
    .prefault({})
    .describe("what is refused"),
  batch: z
    .strictObject({
      items: count(256, "responses scored together, with one embedder call"),
      waitMs: z.int().min(0).default(5).describe("milliseconds an idle service waits for company"),
    })
    .prefault({})
    .describe("concurrent requests share embedder calls"),
  cacheEntries: z
    .int()
    .min(0)
    .default(10_000)
    .describe("scored responses kept in memory by content"),
  drainSec: z
    .number()
    .positive()
    .default(30)
    .describe("seconds that requests in flight get to finish after SIGTERM"),
});

export type ServiceOptions = z.infer<typeof serviceOptions>;
