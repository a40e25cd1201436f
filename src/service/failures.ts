import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { EndpointError, OppoError } from "../core/errors.ts";
import { type ErrorStatus, fieldPath, isFieldName, RequestError } from "./request-error.ts";
import type { Failure } from "./wire/fields.ts";

type Status = ErrorStatus | 500;

interface Answer {
  status: Status;
  failure: Failure;
  retryAfterSec?: number | undefined;
}

/** What a caller is told about an error. Text of unexpected ones stays in the service's log. */
export function failureOf(error: unknown): Answer {
  if (error instanceof RequestError) {
    const { status, code, message, details, retryAfterSec } = error;
    return { status, failure: failure(code, message, details.path), retryAfterSec };
  }
  if (error instanceof EndpointError) {
    return { status: 502, failure: failure(error.code, error.message), retryAfterSec: 5 };
  }
  // The encoder did not answer; the request itself may be sound.
  if (error instanceof OppoError) {
    return { status: 503, failure: failure(error.code, error.message), retryAfterSec: 5 };
  }
  if (error instanceof HTTPException) {
    const status = error.status === 413 ? 413 : error.status < 500 ? 400 : 503;
    return { status, failure: failure("BAD_REQUEST", error.message || "bad request") };
  }
  return { status: 500, failure: failure("INTERNAL", "the service failed; see its log") };
}

function failure(code: string, message: string, path?: string): Failure {
  return { error: { code, message, ...(path === undefined ? {} : { path }) } };
}

/**
 * Turns a schema's first complaint into an error that names the field. Unknown fields are counted,
 * and the first one is named if it looks like a name.
 */
export function invalidRequest(issues: readonly z.core.$ZodIssue[]): RequestError {
  const first = issues[0]!;
  if (first.code === "unrecognized_keys") return unknownFields(first.path, first.keys);
  const path = fieldPath(first.path);
  const custom = first.code === "custom" ? (first.params?.code as unknown) : undefined;
  const code = typeof custom === "string" ? custom : "INVALID_REQUEST";
  const others = issues.length > 1 ? `; and ${issues.length - 1} more problem(s)` : "";
  return new RequestError(400, code, `${path || "body"}: ${first.message}${others}`, { path });
}

function unknownFields(place: readonly PropertyKey[], keys: readonly string[]): RequestError {
  const [first = ""] = keys;
  const named = isFieldName(first);
  const path = fieldPath(named ? [...place, first] : place);
  const others = named ? keys.length - 1 : keys.length;
  const more = others === 0 ? "" : `${named ? "; and " : ""}${others} unknown field(s)`;
  const message = `${path || "body"}: ${named ? "a field that no request has" : ""}${more}`;
  return new RequestError(400, "INVALID_REQUEST", message, { path });
}

/** The HTTP answer to an error. */
export function answerFailure(context: Context, error: unknown): Response {
  const { status, failure: body, retryAfterSec } = failureOf(error);
  if (retryAfterSec !== undefined) context.header("Retry-After", String(retryAfterSec));
  if (status === 401) context.header("WWW-Authenticate", "Bearer");
  // nobody reads a 499, which is no status that hono's types know
  return context.json(body, status as Exclude<Status, 499>);
}
