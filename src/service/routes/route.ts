import type { z } from "@hono/zod-openapi";
import { failure } from "../wire/fields.ts";

const failed = (description: string) => ({
  description,
  content: { "application/json": { schema: failure } },
});

/** Answers that every route with a body may give. */
export const failures = {
  400: failed("a field is wrong; `path` names it"),
  401: failed("no key, or another one"),
  403: failed("addressed to another host, where no key is set"),
  408: failed("the body did not arrive in time"),
  413: failed("too large, or too much of something; `path` names the text, if one is"),
  415: failed("the body is not JSON"),
  429: failed("the queue is full; see Retry-After"),
  500: failed("a bug of the service"),
  502: failed("a model behind the service gave no usable answer; `path` names the item"),
  503: failed(
    "shutting down, the embedder does not answer, or no room on the disk; see Retry-After",
  ),
} as const;

/** A JSON body. */
export const body = <S extends z.ZodType>(schema: S) => ({
  required: true as const,
  content: { "application/json": { schema } },
});

/** A JSON answer. */
export const json = <S extends z.ZodType>(description: string, schema: S) => ({
  description,
  content: { "application/json": { schema } },
});
