import pLimit from "p-limit";
import { Agent, fetch } from "undici";
import { EndpointError } from "../core/errors.ts";
import { Rng } from "../core/rng.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { ChatAnswer, ChatModel, ChatRequest } from "./port.ts";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import {
  defaultRetryPolicy,
  delayMs,
  type Failure,
  type RetryPolicy,
  retriedStatus,
  retryAfterMs,
} from "./retry.ts";
import { decodeAnswer, encodeRequest, WireFault, type WireOptions } from "./wire.ts";

export interface ChatModelOptions extends RateLimits {
  /** Up to and with the version: `http://localhost:8000/v1`. */
  baseUrl: string;
  model: string;
  /** Local servers want none. Never written anywhere. */
  apiKey?: string;
  /** Requests under way at once, over all callers of this model. */
  concurrency?: number;
  /** Milliseconds until the last byte of an answer. */
  timeoutMs?: number;
  retry?: Partial<RetryPolicy>;
  tokenField?: WireOptions["tokenField"];
  extra?: WireOptions["extra"];
  /** Seeds the jitter of pauses; answers don't depend on it. */
  seed?: number | string;
  clock?: Clock;
}

/**
 * A chat model behind any server that speaks OpenAI's `/chat/completions`: vLLM, Ollama, LM Studio,
 * OpenAI. Repeats after 408, 409, 425, 429, 5xx, lost connections, overdue, cut or unreadable
 * bodies and empty choices, with growing pauses. Requests go through `fetch` and not through the
 * `openai` package: its time limit ends with the headers, so a body that stalls would hang a
 * night's run.
 * @throws EndpointError ENDPOINT_UNREACHABLE, ENDPOINT_TIMEOUT, ENDPOINT_AUTH, ENDPOINT_NOT_FOUND,
 *   ENDPOINT_HTTP, ENDPOINT_BROKEN, ENDPOINT_EMPTY, ENDPOINT_ANSWER.
 */
export function openChatModel(options: ChatModelOptions): ChatModel {
  const { baseUrl, model, concurrency = 4, seed = "chat", clock = systemClock } = options;
  const policy = { ...defaultRetryPolicy, ...options.retry };
  const url = `${baseUrl.replace(/\/+$/, "")}/chat/completions`;
  const wire = {
    model,
    tokenField: options.tokenField ?? "max_tokens",
    extra: options.extra ?? {},
  } as const;
  const limiter = new RateLimiter(options, clock);
  const limit = pLimit(concurrency);
  const rng = new Rng(seed);
  const send = (body: string) => post(url, body, options);

  async function chat(request: ChatRequest): Promise<ChatAnswer> {
    const body = encodeRequest(request, wire);
    const tokens = textLength(request) / 4 + request.maxTokens;
    for (let attempt = 1; ; attempt++) {
      const settle = await limiter.enter(tokens);
      const result = await send(body);
      if (!("error" in result)) {
        const { usage } = result;
        settle(usage ? usage.promptTokens + usage.completionTokens : tokens);
        return { ...result, attempts: attempt };
      }
      settle(0);
      if (!result.again || attempt >= policy.maxAttempts) throw last(result, attempt);
      if ((result.retryAfterMs ?? 0) > policy.maxRetryAfterMs) throw last(result, attempt);
      if (result.retryAfterMs !== undefined) limiter.pause(result.retryAfterMs);
      await clock.sleep(delayMs(policy, attempt, result, rng));
    }
  }
  return {
    id: `${model} at ${serverName(baseUrl)}`,
    chat: (request) => limit(() => chat(request)),
  };
}

/**
 * One server has one name, however its address is written: runs and caches know answers by it. A
 * password in the address is no part of the name.
 */
function serverName(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  if (["localhost", "[::1]"].includes(url.hostname)) url.hostname = "127.0.0.1";
  url.username = "";
  url.password = "";
  return url.href.replace(/\/+$/, "");
}

function last({ error }: Failure, attempts: number): EndpointError {
  if (attempts === 1) return error;
  const { code, details } = error;
  return new EndpointError(code, `${bare(error)}, after ${attempts} requests`, details);
}

/** The message without the hint that the constructor adds again. */
const bare = ({ message, details }: EndpointError): string =>
  details.hint ? message.slice(0, -(details.hint.length + 3)) : message;

type Sent = Omit<ChatAnswer, "attempts"> | Failure;

/** Node's own fetch gives up on headers after 300 s, whatever the time limit says. */
const patient = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

async function post(url: string, body: string, options: ChatModelOptions): Promise<Sent> {
  const { apiKey, timeoutMs = 120_000 } = options;
  const source = `${options.model} at ${options.baseUrl}`;
  const fail = (code: string, message: string, hint: string, again: boolean): Failure => ({
    error: new EndpointError(code, redact(`${source}: ${message}`, apiKey), { hint }),
    again,
  });
  let answer: { status: number; headers: Pick<Headers, "get">; text: string };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(apiKey !== undefined && { authorization: `Bearer ${apiKey}` }),
      },
      body,
      dispatcher: patient,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { status, headers } = response;
    answer = { status, headers, text: await response.text() };
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "TimeoutError") {
      const message = `no whole answer within ${timeoutMs / 1000} s`;
      return fail("ENDPOINT_TIMEOUT", message, "raise the time limit or lower concurrency", true);
    }
    const message = `no connection (${reason(cause)})`;
    return fail(
      "ENDPOINT_UNREACHABLE",
      message,
      "is the server running, and the base URL right?",
      true,
    );
  }
  if (answer.status < 200 || answer.status >= 300) {
    const message = `HTTP ${answer.status} ${answer.text.slice(0, 300)}`.trim();
    const { code, hint } = statusMeaning(answer.status);
    const wish = retryAfterMs(answer.headers, Date.now());
    const failure = fail(code, message, hint, retriedStatus(answer.status));
    return wish === undefined ? failure : { ...failure, retryAfterMs: wish };
  }
  const decoded = decodeAnswer(answer.text);
  if (!(decoded instanceof WireFault)) return decoded;
  return fail(decoded.code, decoded.message, "see the server's log", true);
}

function statusMeaning(status: number): { code: string; hint: string } {
  if (status === 401 || status === 403) {
    return { code: "ENDPOINT_AUTH", hint: "set the environment variable that holds the API key" };
  }
  if (status === 404) {
    const hint = "check the model name, and that the base URL ends in /v1";
    return { code: "ENDPOINT_NOT_FOUND", hint };
  }
  if (status === 400 || status === 413 || status === 422) {
    const hint = "the server refuses the request: does the model take such media, and so much?";
    return { code: "ENDPOINT_HTTP", hint };
  }
  return { code: "ENDPOINT_HTTP", hint: "lower concurrency or set a rate limit" };
}

/** The system's own word for a lost connection, which undici hides one level down. */
function reason(cause: unknown): string {
  const inner = (cause as { cause?: { code?: string; message?: string } }).cause;
  return inner?.code ?? inner?.message ?? String((cause as Error)?.message ?? cause);
}

/** Some servers repeat the key they refuse. */
const redact = (text: string, apiKey: string | undefined): string =>
  apiKey ? text.replaceAll(apiKey, "***") : text;

function textLength({ messages }: ChatRequest): number {
  let total = 0;
  for (const { content } of messages) {
    if (typeof content === "string") total += content.length;
    else for (const part of content) total += part.kind === "text" ? part.text.length : 0;
  }
  return total;
}
