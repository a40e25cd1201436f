import { createHash, timingSafeEqual } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { RequestError } from "./request-error.ts";

/**
 * Asks for `Authorization: Bearer <key>`, save at /v1/health. Without a key everyone may come in.
 */
export function bearer(apiKey: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    if (apiKey !== undefined && context.req.path !== "/v1/health") {
      const [scheme = "", key = ""] = (context.req.header("Authorization") ?? "").split(" ");
      if (scheme.toLowerCase() !== "bearer" || !sameText(key, apiKey)) {
        throw new RequestError(401, "UNAUTHORIZED", "this service needs a key", {
          hint: "send `Authorization: Bearer <key>`",
        });
      }
    }
    await next();
  };
}

/** Compares digests, so that the time taken tells nothing about the key. */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
