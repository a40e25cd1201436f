import type { MiddlewareHandler } from "hono";
import { isLoopback } from "./auth.ts";
import { RequestError } from "./request-error.ts";

/**
 * Refuses requests addressed to another host than this machine, or than one of `hosts`. A page in a
 * browser can point a name of its own at 127.0.0.1 and read the answers; without a key the name in
 * `Host` is all that tells it from a caller on this machine. With a key the key does.
 */
export function ownHost(apiKey: string | undefined, hosts: readonly string[]): MiddlewareHandler {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  return async (context, next) => {
    if (apiKey === undefined) {
      const name = new URL(context.req.url).hostname.replace(/^\[|\]$/g, "").toLowerCase();
      if (!isLoopback(name) && !known.has(name)) {
        throw new RequestError(403, "HOST", "the request is addressed to another host", {
          hint: "without a key only this machine is answered: use 127.0.0.1, set a key, or name the host in service.hosts",
        });
      }
    }
    await next();
  };
}
