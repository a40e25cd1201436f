import { z } from "@hono/zod-openapi";
import { evidenceSelector, rewardForm, unit, versions } from "./fields.ts";
import { paperSettings } from "./paper-rewards.ts";

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
    forms: z.array(rewardForm).openapi({ description: "that /v1/rewards speaks" }),
    default_form: rewardForm.openapi({ description: "of requests that name none" }),
    selectors: z.array(evidenceSelector).openapi({ description: "that /v1/evidence speaks" }),
    default_selector: evidenceSelector,
    paper: paperSettings
      .extend({
        accuracy_by: z.enum(["wheels", "words"]).openapi({
          description: "emotion wheels are at hand, or label words count as they stand",
        }),
      })
      .nullable()
      .openapi({ description: "of form paper and selector reference; null where not spoken" }),
    authentication: z.enum(["none", "bearer"]),
  })
  .openapi("Capabilities");
export type Capabilities = z.infer<typeof capabilities>;
