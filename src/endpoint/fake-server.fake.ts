import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { sha256 } from "../core/files.ts";
import { Rng } from "../core/rng.ts";
import { checkBody, type FakeRequest } from "./fake-request.fake.ts";

/** What may go wrong with one request. */
export const faults = [
  "429",
  "429-after",
  "500",
  "stall",
  "stall-body",
  "reset",
  "truncate",
  "garbage",
  "empty",
  "malformed",
] as const;
export type Fault = (typeof faults)[number];

export interface FakeServerOptions {
  /** The text of an answer; deterministic by content. */
  answer: (request: FakeRequest) => string;
  /** `attempt` counts requests of equal content, from 1. */
  fault?: (request: FakeRequest, attempt: number) => Fault | undefined;
  /** Fixed pause before each answer. */
  latencyMs?: number;
  port?: number;
}

export interface FakeServer {
  baseUrl: string;
  /** Requests that came, faulty ones included. */
  requests: FakeRequest[];
  /** Most requests ever under way together. */
  mostAtOnce(): number;
  close(): Promise<void>;
}

/** The first `failures` requests of a share `rate` of all contents fail, each in a seeded way. */
export function seededFaults(
  seed: string,
  rate: number,
  kinds: readonly Fault[] = faults.filter((kind) => kind !== "malformed"),
  failures = 2,
): NonNullable<FakeServerOptions["fault"]> {
  return ({ contentHash }, attempt) => {
    const rng = new Rng(`${seed}/${contentHash}`);
    if (!rng.bool(rate) || attempt > failures) return undefined;
    return rng.fork(attempt).pick(kinds);
  };
}

/** A local server that speaks `/v1/chat/completions`, checks media parts, and fails on demand. */
export async function startFakeServer(options: FakeServerOptions): Promise<FakeServer> {
  const requests: FakeRequest[] = [];
  const attempts = new Map<string, number>();
  let underWay = 0;
  let most = 0;
  const server = createServer(async (incoming, outgoing) => {
    const text = await readBody(incoming);
    if (incoming.url !== "/v1/chat/completions") {
      return reply(outgoing, 404, { error: { message: `no ${incoming.url}` } });
    }
    const checked = checkBody(text, incoming.headers.authorization);
    if (typeof checked === "string") return reply(outgoing, 400, { error: { message: checked } });
    requests.push(checked);
    most = Math.max(most, ++underWay);
    const attempt = (attempts.get(checked.contentHash) ?? 0) + 1;
    attempts.set(checked.contentHash, attempt);
    if (options.latencyMs) await new Promise((done) => setTimeout(done, options.latencyMs));
    const fault = options.fault?.(checked, attempt);
    underWay--;
    respond(outgoing, completion(checked, options.answer(checked)), fault);
  });
  await new Promise<void>((resolve) =>
    server.listen(options.port ?? 0, "127.0.0.1", () => resolve()),
  );
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    mostAtOnce: () => most,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function completion(request: FakeRequest, text: string) {
  const words = text.split(/\s+/);
  const kept = words.slice(0, request.maxTokens);
  return {
    id: `fake-${sha256(request.contentHash).slice(0, 12)}`,
    object: "chat.completion",
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: kept.length < words.length ? kept.join(" ") : text },
        finish_reason: kept.length < words.length ? "length" : "stop",
      },
    ],
    usage: {
      prompt_tokens: request.text.split(/\s+/).length + 100 * request.media.length,
      completion_tokens: kept.length,
    },
  };
}

function reply(outgoing: ServerResponse, status: number, body: unknown, headers = {}): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(JSON.stringify(body));
}

function respond(
  outgoing: ServerResponse,
  answer: ReturnType<typeof completion>,
  fault: Fault | undefined,
): void {
  const text = JSON.stringify(answer);
  const error = (message: string) => ({ error: { message } });
  switch (fault) {
    case undefined:
      reply(outgoing, 200, answer);
      return;
    case "429":
      reply(outgoing, 429, error("slow down"));
      return;
    case "429-after":
      reply(outgoing, 429, error("slow down"), { "retry-after": "0.02" });
      return;
    case "500":
      reply(outgoing, 500, error("out of memory"));
      return;
    case "stall":
      return;
    case "stall-body":
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.write(text.slice(0, 20));
      return;
    case "reset":
      outgoing.socket?.resetAndDestroy();
      return;
    case "truncate":
      outgoing.writeHead(200, { "content-length": Buffer.byteLength(text) });
      outgoing.write(text.slice(0, Math.floor(text.length / 2)), () => outgoing.destroy());
      return;
    case "garbage":
      outgoing.writeHead(200, { "content-type": "application/json" });
      outgoing.end(text.slice(0, -7));
      return;
    case "empty":
      reply(outgoing, 200, { ...answer, choices: [] });
      return;
    case "malformed":
      answer.choices[0]!.message.content = "I am not sure what is wanted of me here.";
      reply(outgoing, 200, answer);
      return;
  }
}
