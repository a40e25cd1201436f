import type { AddressInfo } from "node:net";
import { createAdaptorServer, type ServerType } from "@hono/node-server";
import { ServiceError } from "../core/errors.ts";
import { isLoopback } from "./auth.ts";
import type { OpenedService } from "./open.ts";
import type { ServiceOptions } from "./options.ts";

export interface Listening {
  url: string;
  port: number;
  /**
   * Stops taking requests, lets those in work finish for `drainSec`, then closes. Resolves to
   * whether all were answered.
   */
  close(): Promise<boolean>;
}

/**
 * Listens for HTTP.
 * @throws ServiceError NO_API_KEY for an address that others reach and no key; LISTEN.
 */
export async function listen(
  { app, stop, close: end }: OpenedService,
  options: Pick<ServiceOptions, "host" | "port" | "drainSec" | "apiKeyEnv" | "limits">,
  apiKey: string | undefined,
): Promise<Listening> {
  const { host, port, drainSec } = options;
  if (apiKey === undefined && !isLoopback(host)) {
    throw new ServiceError("NO_API_KEY", `${host} can be reached by others, and no key is set`, {
      hint: `set ${options.apiKeyEnv}, or listen on 127.0.0.1`,
      path: "service.host",
    });
  }
  const server = createAdaptorServer({
    fetch: app.fetch,
    hostname: host,
    serverOptions: {
      requestTimeout: (options.limits.bodySec + 5) * 1000,
      headersTimeout: Math.min(headersSec, options.limits.bodySec) * 1000,
      connectionsCheckingInterval: 1000,
    },
  });
  await bind(server, host, port);
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
    port: bound,
    async close() {
      const answered = await inTime(stop(), drainSec);
      await shut(server, answered);
      await end();
      return answered;
    },
  };
}

/** Headers that take longer come from nobody who wants an answer. */
const headersSec = 10;

function bind(server: ServerType, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) => {
      const hint = cause.code === "EADDRINUSE" ? "another process has it: choose another port" : "";
      reject(
        new ServiceError("LISTEN", `can't listen on ${host}:${port}: ${cause.message}`, {
          ...(hint && { hint }),
          cause,
        }),
      );
    });
    server.listen(port, host, () => resolve());
  });
}

/** Whether `work` was done within `seconds`. */
async function inTime(work: Promise<void>, seconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), seconds * 1000);
  });
  const done = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return done;
}

/** Milliseconds between looks for connections that fell idle. */
const sweepMs = 20;

/** Closes the server. Answers still being written get through unless the time is up. */
function shut(server: ServerType, gently: boolean): Promise<void> {
  return new Promise((resolve) => {
    const sweep = setInterval(() => {
      if (!("closeIdleConnections" in server)) return;
      if (gently) server.closeIdleConnections();
      else server.closeAllConnections();
    }, sweepMs);
    server.close(() => {
      clearInterval(sweep);
      resolve();
    });
  });
}
