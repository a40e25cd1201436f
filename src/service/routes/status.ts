import { createRoute } from "@hono/zod-openapi";
import { capabilities, health } from "../wire/status.ts";
import { failures, json } from "./route.ts";

export const healthRoute = createRoute({
  method: "get",
  path: "/v1/health",
  summary: "Whether the service takes requests; needs no key",
  responses: { 200: json("it does", health), 503: json("it is shutting down", health) },
});

export const capabilitiesRoute = createRoute({
  method: "get",
  path: "/v1/capabilities",
  summary: "Versions, limits and settings behind the answers",
  responses: { 200: json("all of it", capabilities), 401: failures[401] },
});
