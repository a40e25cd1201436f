import { z } from "@hono/zod-openapi";
import { unit, versions } from "./fields.ts";

export const health = z
  .object({
    status: z.enum(["ok", "stopping"]),
    queued_items: z.int(),
    uptime_sec: z.number(),
  })
  .openapi("Health");

export const capabilities = z
  .object({
    versions,
    units: z.array(unit),
    limits: z.object({
      body_bytes: z.int(),
      items: z.int(),
      text_units: z.int(),
      cues: z.int(),
      queued_bytes: z.int(),
      queued_items: z.int(),
    }),
    embedder: z.object({
      id: z.string(),
      calibration: z.object({ low: z.number(), high: z.number() }),
    }),
    decomposer: z.object({ id: z.string(), persistent: z.boolean() }),
    judge: z.object({ id: z.string() }).nullable(),
    reward: z.record(z.string(), z.unknown()).openapi({ description: "resolved reward settings" }),
    authentication: z.enum(["none", "bearer"]),
  })
  .openapi("Capabilities");
