import type { Context, MiddlewareHandler } from "hono";
import { invalidRequest } from "../failures.ts";
import { checkLimits } from "../limits.ts";
import type { ServiceOptions } from "../options.ts";
import { RequestError } from "../request-error.ts";
import { decomposeRequest } from "../wire/decompose.ts";
import { evidenceRequest } from "../wire/evidence.ts";
import { rewardsRequest } from "../wire/rewards.ts";
import { createBodyRoom } from "../work/body-room.ts";
import { decodeBody } from "./decode.ts";
import { readBody } from "./read-body.ts";
import { checkStructure } from "./structure.ts";

const itemOf = new Map(
  Object.entries({
    "/v1/evidence": evidenceRequest,
    "/v1/rewards": rewardsRequest,
    "/v1/decompose": decomposeRequest,
  }).map(([path, schema]) => [path, schema.shape.items.element] as const),
);

/**
 * Reads the JSON of a request, with everything counted before the schema of the route sees it: a
 * schema makes a complaint for each wrong value, and fails when they are too many.
 */
export function jsonBody(limits: ServiceOptions["limits"]): MiddlewareHandler {
  const room = createBodyRoom(limits.queuedBytes);
  const bytes = Math.min(limits.bodyBytes, limits.queuedBytes);
  const most = { items: Math.min(limits.items, limits.queuedItems), list: limits.cues };
  return async (context, next) => {
    if (context.req.method !== "POST") return next();
    checkHeaders(context);
    const { raw, path } = context.req;
    const read = await readBody(raw, room, {
      bytes,
      sec: limits.bodySec,
      idleSec: limits.bodyIdleSec,
    });
    try {
      const body = parse(decodeBody(read.bytes), most);
      const items = itemsIn(body);
      checkLimits(items, limits);
      checkItems(items, path);
      context.req.json = () => Promise.resolve(body as never);
      await next();
    } finally {
      read.leave();
    }
  };
}

function checkHeaders({ req }: Context): void {
  const type = req.header("Content-Type") ?? "";
  const [media = "", ...parameters] = type.split(";").map((part) => part.trim().toLowerCase());
  if (media !== "application/json") {
    throw new RequestError(415, "CONTENT_TYPE", `a body of type '${media.slice(0, 64)}'`, {
      hint: "send JSON with Content-Type: application/json",
    });
  }
  const charset = parameters.find((part) => part.startsWith("charset="))?.slice("charset=".length);
  if (charset !== undefined && !/^"?(?:utf-?8|us-ascii)"?$/.test(charset)) {
    throw new RequestError(415, "CONTENT_TYPE", `a body in '${charset.slice(0, 64)}'`, {
      hint: "send UTF-8",
    });
  }
  const encoding = req.header("Content-Encoding")?.toLowerCase() ?? "identity";
  if (encoding !== "identity") {
    throw new RequestError(415, "CONTENT_ENCODING", `a body packed as '${encoding.slice(0, 64)}'`, {
      hint: "send it unpacked",
    });
  }
}

function parse(text: string, most: { items: number; list: number }): unknown {
  checkStructure(text, most);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RequestError(400, "BAD_REQUEST", "the body is not JSON", { cause });
  }
}

/** Items as they came; none where the schema will find no list of them. */
function itemsIn(body: unknown): readonly unknown[] {
  const { items } = (body ?? {}) as { items?: unknown };
  return Array.isArray(items) ? items : [];
}

/** One by one up to the first fault, whose complaints alone are made. */
function checkItems(items: readonly unknown[], path: string): void {
  const schema = itemOf.get(path);
  for (const [index, item] of schema ? items.entries() : []) {
    const { error } = schema!.safeParse(item);
    if (!error) continue;
    throw invalidRequest(
      error.issues.map((issue) => ({ ...issue, path: ["items", index, ...issue.path] })),
    );
  }
}
