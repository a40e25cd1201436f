import { createRoute, z } from "@hono/zod-openapi";
import { decomposeAnswer, decomposeRequest } from "../wire/decompose.ts";
import { evidenceAnswer, evidenceRequest, referenceEvidenceAnswer } from "../wire/evidence.ts";
import { paperRewardsAnswer } from "../wire/paper-rewards.ts";
import { rewardsAnswer, rewardsRequest } from "../wire/rewards.ts";
import { body, failures, json } from "./route.ts";

export const evidenceRoute = createRoute({
  method: "post",
  path: "/v1/evidence",
  summary: "Claims of texts and the words that carry them, or clauses that the reference picks",
  request: { body: body(evidenceRequest) },
  responses: {
    200: json(
      "one result per item, same order",
      z.union([evidenceAnswer, referenceEvidenceAnswer]),
    ),
    ...failures,
  },
});

export const rewardsRoute = createRoute({
  method: "post",
  path: "/v1/rewards",
  summary: "Rewards of responses, with every term that made them",
  request: { body: body(rewardsRequest) },
  responses: {
    200: json("one result per item, same order", z.union([rewardsAnswer, paperRewardsAnswer])),
    ...failures,
  },
});

export const decomposeRoute = createRoute({
  method: "post",
  path: "/v1/decompose",
  summary: "Cues of references",
  request: { body: body(decomposeRequest) },
  responses: { 200: json("one result per item, same order", decomposeAnswer), ...failures },
});
