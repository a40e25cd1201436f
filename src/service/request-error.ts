import { type ErrorDetails, ServiceError } from "../core/errors.ts";

/** Statuses the service answers with on purpose. 499: nobody is there to read it. */
export type ErrorStatus = 400 | 401 | 403 | 404 | 408 | 413 | 415 | 429 | 499 | 502 | 503;

export interface RequestErrorDetails extends ErrorDetails {
  /** Seconds after which asking again may help; becomes `Retry-After`. */
  retryAfterSec?: number;
}

/** A request that can't be answered, with the HTTP status that says so. `path`: `items[3].text`. */
export class RequestError extends ServiceError {
  readonly status: ErrorStatus;
  readonly retryAfterSec: number | undefined;

  constructor(
    status: ErrorStatus,
    code: string,
    message: string,
    { retryAfterSec, ...details }: RequestErrorDetails = {},
  ) {
    super(code, message, details);
    this.status = status;
    this.retryAfterSec = retryAfterSec;
  }
}

/** `["items", 3, "text"]` → `items[3].text`. */
export function fieldPath(parts: readonly PropertyKey[]): string {
  return parts
    .map((part, i) =>
      typeof part === "number" ? `[${part}]` : `${i > 0 ? "." : ""}${String(part)}`,
    )
    .join("");
}

/** A name from a request as an error may show it: one that is none is not sent back. */
export const fieldName = (name: string): string => (isFieldName(name) ? name : "…");

export const isFieldName = (name: string): boolean => /^[\w.-]{1,64}$/.test(name);
